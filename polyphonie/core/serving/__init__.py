"""How is a request answered? What is kept and handed out again, who waits, who asks too often, what is said of a failure."""
