// Typing # in a statement proposes contributions under it; arrows and Enter choose, Escape closes, and nothing is put in unchosen.
// Without this script a button asks for the same list. A text area with a list of options: WAI-ARIA 1.2, aria-activedescendant.
(function () {
  "use strict";
  var area = document.querySelector("form[data-autosave] textarea[data-cites]");
  var holder = area && area.form.querySelector("[data-proposes]");
  if (!holder) return;
  var TYPING = 120, MARK = /(?:^|[^\p{L}\p{N}_&/#[])#([\p{L}\p{N}]{0,30})$/u;
  var box = document.createElement("div"), status = document.createElement("p");
  var timer = 0, asked = 0, active = -1, isOpen = false;
  box.className = "suggestions";
  box.hidden = true;
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  holder.prepend(box);
  holder.append(status);
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-haspopup", "listbox");

  function options() { return Array.prototype.slice.call(box.querySelectorAll("[role=option]")); }
  // What is typed after #, up to the cursor; null where there is none.
  function typed() {
    var found = area.selectionStart === area.selectionEnd && MARK.exec(area.value.slice(0, area.selectionStart));
    return found ? found[1] : null;
  }
  function close() {
    clearTimeout(timer);
    asked += 1;
    isOpen = false;
    active = -1;
    box.hidden = true;
    box.replaceChildren();
    status.textContent = "";
    area.removeAttribute("aria-activedescendant");
    area.removeAttribute("aria-controls");
  }
  function ask() {
    var turn = ++asked, said = new FormData(area.form);
    said.set("place", String(area.selectionStart));
    said.set("asked", typed() || "");
    fetch(holder.dataset.proposes, { method: "POST", body: said, headers: { "Polyphonie-Fragment": "1" }, credentials: "same-origin" })
      .then(function (answer) {
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        return answer.text();
      })
      .then(function (html) { if (turn === asked) show(html); })
      .catch(function () { if (turn === asked && isOpen) { box.hidden = false; box.textContent = status.textContent = holder.dataset.unreachable; } });
  }
  function open(wait) {
    isOpen = true;
    clearTimeout(timer);
    timer = setTimeout(ask, wait);
  }
  function show(html) {
    var page = window.polyphonie.parsed(html);
    box.replaceChildren.apply(box, Array.prototype.slice.call(page.body.childNodes));
    box.hidden = false;
    box.scrollIntoView({ block: "nearest" });
    active = -1;
    area.removeAttribute("aria-activedescendant");
    var count = options().length;
    if (count) area.setAttribute("aria-controls", "suggestions"); else area.removeAttribute("aria-controls");
    status.textContent = count ? holder.dataset[count === 1 ? "one" : "many"].replace("%s", count) : box.textContent.trim();
  }
  function mark(place) {
    var all = options();
    active = (place + all.length + 1) % (all.length + 1);
    if (active === all.length) active = -1;
    all.forEach(function (one, rank) { one.setAttribute("aria-selected", String(rank === active)); });
    if (active < 0) { area.removeAttribute("aria-activedescendant"); return; }
    area.setAttribute("aria-activedescendant", all[active].id);
    all[active].scrollIntoView({ block: "nearest" });
  }
  function choose(option) {
    var end = area.selectionStart, word = typed(), start = word === null ? end : end - word.length - 1;
    var before = area.value.slice(0, start), gap = before && !/[\s(«]$/.test(before) ? " " : "";
    area.focus();
    area.setRangeText(gap + option.dataset.cites, start, area.selectionEnd, "end");
    close();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  area.addEventListener("input", function (event) {
    if (!event.isTrusted) return;
    if (typed() === null) { if (isOpen) close(); } else open(typed() ? TYPING : 0);
  });
  area.addEventListener("keydown", function (event) {
    if (event.key === " " && event.ctrlKey) { event.preventDefault(); open(0); return; }
    if (!isOpen || event.ctrlKey || event.metaKey || event.altKey) return;
    var all = options();
    if (event.key === "Escape") { event.preventDefault(); close(); return; }
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && all.length) {
      event.preventDefault();
      mark(event.key === "ArrowDown" ? active + 1 : active < 0 ? all.length - 1 : active - 1);
    } else if ((event.key === "Enter" || event.key === "Tab") && active >= 0) {
      event.preventDefault();
      choose(all[active]);
    } else if (event.key === "Enter" || event.key === "Tab" || /^(Arrow|Home|End|Page)/.test(event.key)) close();
  });
  area.addEventListener("blur", function () { if (isOpen) close(); });
  box.addEventListener("mousedown", function (event) { event.preventDefault(); });
  box.addEventListener("click", function (event) {
    var option = event.target.closest("[role=option]");
    if (option) choose(option);
  });
  var button = holder.querySelector("button[value=propose]");
  button.addEventListener("mousedown", function (event) { event.preventDefault(); });
  button.addEventListener("click", function (event) { event.preventDefault(); area.focus(); open(0); });
})();
