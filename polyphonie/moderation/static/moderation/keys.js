// Comfort only: one key chooses or presses what shows it; Ctrl+Enter sends the form one writes in.
(function () {
  "use strict";
  function isWriting(element) {
    return element.isContentEditable || element.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");
  }
  document.addEventListener("keydown", function (event) {
    var element = event.target;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && element.form) {
      event.preventDefault();
      element.form.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(element)) return;
    var target = document.querySelector('[data-key="' + CSS.escape(event.key.toLowerCase()) + '"]');
    if (!target) return;
    event.preventDefault();
    if (target.type !== "radio") { target.click(); return; }
    target.checked = true;
    var next = document.getElementById(target.dataset.next || "") || target;
    next.focus();
  });
})();
