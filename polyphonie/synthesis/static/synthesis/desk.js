// Comfort only: every form of the desk works without it. Keys, saving by itself, citing where one writes, keeping a selection.
(function () {
  "use strict";
  var form = document.querySelector("form[data-autosave]");
  var area = form && form.querySelector("textarea[data-cites]");
  var WAIT = 1500;

  function isWriting(element) {
    return element.isContentEditable || element.matches("textarea, select, input:not([type=radio]):not([type=checkbox]):not([type=hidden])");
  }

  // What was typed and is not saved yet stays in this browser until it is.
  var AT = "polyphonie-desk:" + location.pathname.replace(/phrases\/(proposer\/)?$/, "") + ":";
  function place() { return AT + (form.elements.edition.value === "0" ? "" : form.elements.key.value); }
  function keep(text) { try { if (text === null) localStorage.removeItem(place()); else localStorage.setItem(place(), JSON.stringify([form.elements.edition.value, text])); } catch (_e) { /* no room: the form still holds it */ } }
  // Read again, the page opens the statement that was just begun.
  function stay() {
    var here = new URL(location.href);
    ["citer", "passage", "colonne", "position", "apres", "ancienne"].forEach(function (name) { here.searchParams.delete(name); });
    here.searchParams.set("phrase", form.elements.key.value);
    history.replaceState(null, "", here);
  }

  // One request at a time; what is typed meanwhile waits for its turn.
  var timer = 0, isSending = false, sent = "";
  function content() { return new URLSearchParams(new FormData(form)).toString(); }
  function save() {
    if (isSending) { later(); return; }
    var now = content();
    if (now === sent || !area.value.trim()) return;
    isSending = true;
    fetch(form.action, { method: "POST", body: new FormData(form), headers: { "Polyphonie-Fragment": "1" }, credentials: "same-origin" })
      .then(function (answer) { return answer.text().then(function (html) { told(answer, html, now); }); })
      .catch(function () { tell(form.dataset.unreachable); later(); })
      .finally(function () { isSending = false; });
  }
  function told(answer, html, now) {
    if (answer.redirected || answer.status === 403) { comeBack(); return; }
    if ([200, 409, 422].indexOf(answer.status) < 0) { tell(form.dataset.unreachable); return; }
    var page = window.polyphonie.parsed(html);
    var edition = page.querySelector("[data-edition]");
    var box = form.querySelector(".told");
    box.replaceChildren.apply(box, Array.prototype.slice.call(page.body.childNodes));
    if (answer.status === 409) { timer = -1; if (edition) form.elements.edition.value = edition.dataset.edition; return; }
    sent = answer.status === 200 ? now.replace(/(^|&)edition=\d+/, "$1edition=" + (edition ? edition.dataset.edition : "")) : now;
    if (answer.status === 200) {
      keep(null);
      if (edition) form.elements.edition.value = edition.dataset.edition;
      stay();
      renew();
    }
  }
  function tell(words) { var line = document.createElement("p"); line.textContent = words; form.querySelector(".told").replaceChildren(line); }
  // Signed out meanwhile, or open for too long: read again, the page asks who one is and finds the text here.
  function comeBack() {
    var button = document.createElement("button");
    tell(form.dataset.signedOut + " ");
    button.type = "button";
    button.className = "button line small";
    button.textContent = form.dataset.comeBack;
    button.addEventListener("click", function () { location.reload(); });
    form.querySelector(".told p").append(button);
  }
  function later() { if (timer === -1) return; clearTimeout(timer); timer = setTimeout(save, WAIT); }
  function renew() {
    var line = document.getElementById("coverage");
    if (!line || !line.dataset.address) return;
    fetch(line.dataset.address, { headers: { "Polyphonie-Fragment": "1" }, credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.text() : ""; })
      .then(function (html) {
        var fresh = window.polyphonie.parsed(html).getElementById("coverage");
        if (fresh) line.replaceWith(fresh);
      }).catch(function () { /* the line is renewed with the next page */ });
  }
  // Sent by its button and shown among the others: it is saved, and nothing waits here any more.
  try {
    var saved = sessionStorage.getItem(AT), shown = location.hash.indexOf("#s-") === 0 ? location.hash.slice(3) : new URL(location.href).searchParams.get("apres");
    if (saved && shown && (saved === AT || saved === AT + shown)) { localStorage.removeItem(saved); sessionStorage.removeItem(AT); }
  } catch (_e) { /* nothing kept */ }

  if (form && area) {
    var kept = null;
    try { kept = JSON.parse(localStorage.getItem(place())); } catch (_e) { /* nothing kept */ }
    if (Array.isArray(kept) && kept[1] !== area.value && !form.querySelector(".error-summary, .notice")) {
      area.value = form.elements.edition.value === "0" ? kept[1] + area.value : kept[1];  // what one came to cite follows
      form.elements.edition.value = kept[0];  // what it was typed upon: if another wrote since, saving compares both
      tell(form.dataset.found);
    }
    sent = content();
    if (area.value !== area.defaultValue && kept === null) { sent = ""; keep(area.value); later(); }  // typed before this script came
    form.addEventListener("input", function () { keep(area.value); later(); });
    form.addEventListener("change", later);
    form.addEventListener("submit", function () { clearTimeout(timer); timer = -1; keep(area.value); try { sessionStorage.setItem(AT, place()); } catch (_e) { /* kept for nothing */ } });
    area.focus();
    if (area.value.charAt(0) === " ") area.setSelectionRange(0, 0);
  }

  // Cite where one writes, at the cursor.
  function cite(words) {
    var at = area.selectionStart, before = area.value.slice(0, at), after = area.value.slice(area.selectionEnd);
    var gap = before && !/[\s(«]$/.test(before) ? " " : "";
    area.value = before + gap + words + after;
    var end = (before + gap + words).length;
    area.focus();
    area.setSelectionRange(end, end);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-cite]");
    if (!link || !area || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    cite(link.dataset.cite);
  });

  // A selection in a text becomes the passage that is kept.
  var keeper = document.querySelector("form[data-keeps]");
  function take() {
    var selection = document.getSelection();
    var words = selection ? selection.toString().trim() : "";
    var node = selection && selection.anchorNode;
    var holder = node && (node.nodeType === 1 ? node : node.parentElement);
    var piece = holder && holder.closest("[data-number]");
    if (!words || !piece) { keeper.elements.words.focus(); return; }
    keeper.elements.words.value = words;
    keeper.elements.of.value = piece.dataset.number;
    fetch(keeper.action, { method: "POST", body: new FormData(keeper), headers: { "Polyphonie-Fragment": "1" }, credentials: "same-origin" })
      .then(function (answer) {
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        keeper.elements.words.value = "";
        return fetch(location.href, { credentials: "same-origin" }).then(function (page) { return page.text(); });
      })
      .then(function (html) {  // one stays at the place where one reads
        document.getElementById("kept").replaceWith(window.polyphonie.parsed(html).getElementById("kept"));
      }).catch(function () { keeper.requestSubmit(); });
  }

  // A note is saved by itself, and stays in this browser until it is: one that was typed is not lost when a key brings the next text.
  var note = document.querySelector("form[data-notes]");
  if (note) {
    var NOTE = "polyphonie-note:" + location.pathname, noted = note.elements.note.value, noting = 0;
    var keepNote = function (words) { try { if (words === null) localStorage.removeItem(NOTE); else localStorage.setItem(NOTE, words); } catch (_e) { /* the form still holds it */ } };
    var tellNote = function (words) { note.querySelector("[role=status]").textContent = words; };
    var saveNote = function () {
      var typed = note.elements.note.value;
      clearTimeout(noting);
      if (typed === noted) return;
      fetch(note.action, { method: "POST", body: new FormData(note), headers: { "Polyphonie-Fragment": "1" }, credentials: "same-origin", keepalive: true })
        .then(function (answer) {
          if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
          noted = typed;
          keepNote(null);
          tellNote(note.dataset.kept);
        }).catch(function () { tellNote(note.dataset.unreachable); });
    };
    try {
      var found = localStorage.getItem(NOTE);
      if (found === noted) keepNote(null);
      else if (found !== null) { note.elements.note.value = found; tellNote(note.dataset.found); }
    } catch (_e) { /* nothing kept */ }
    note.addEventListener("input", function () { keepNote(note.elements.note.value); clearTimeout(noting); noting = setTimeout(saveNote, WAIT); });
    window.addEventListener("pagehide", saveNote);
  }

  // Tick a whole page at once, then untick some.
  var reasons = document.querySelector("form[data-ticks]");
  if (reasons) {
    var all = document.createElement("button"), boxes = reasons.querySelectorAll("input[name=number]");
    all.type = "button";
    all.className = "button line small";
    all.textContent = reasons.dataset.ticks;
    all.addEventListener("click", function () {
      var isFull = Array.prototype.every.call(boxes, function (box) { return box.checked; });
      boxes.forEach(function (box) { box.checked = !isFull; });
    });
    reasons.prepend(all);
  }

  // One key presses what shows it; in the list beside the text, the arrows walk and c cites.
  function voices() { return Array.prototype.slice.call(document.querySelectorAll(".voice")); }
  function walk(step) {
    var all = voices();
    var here = document.activeElement.closest(".voice");
    var next = all[all.indexOf(here) + step];
    if (next) next.querySelector("h3 a").focus();
  }
  // What is typed before the next page comes is not for this one: it waits for the form that was asked for, or is for nothing.
  var isLeaving = false, EARLY = "polyphonie-desk-early";
  function press(target) {
    target.click();
    if (!target.matches("a, button:not([type=button])") || (area && target.matches("a[data-cite]"))) return;
    isLeaving = true;
    setTimeout(function () { isLeaving = false; }, 5000);
    try { if (target.matches("a[href$='#id_text']")) sessionStorage.setItem(EARLY, ""); else sessionStorage.removeItem(EARLY); } catch (_e) { /* nothing waits */ }
  }
  function early(letter) {
    try { var waiting = sessionStorage.getItem(EARLY); if (waiting !== null) sessionStorage.setItem(EARLY, waiting + letter); } catch (_e) { /* nothing waits */ }
  }
  function takeEarly() {
    try {
      var words = sessionStorage.getItem(EARLY);
      sessionStorage.removeItem(EARLY);
      if (!words || !area) return;
      area.setRangeText(words, area.selectionStart, area.selectionEnd, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    } catch (_e) { /* nothing waits */ }
  }
  takeEarly();
  window.addEventListener("pageshow", function () { isLeaving = false; });
  document.addEventListener("keydown", function (event) {
    var element = event.target;
    if (isLeaving && !isWriting(element) && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) { event.preventDefault(); early(event.key); return; }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && element.form) { event.preventDefault(); element.form.requestSubmit(event.shiftKey ? element.form.querySelector("button[value=next]") : null); return; }
    if (event.key === "Escape" && isWriting(element) && !event.defaultPrevented) { element.blur(); return; }  // the keys work again
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(element)) return;
    var voice = element.closest(".voice");
    if (voice && (event.key === "ArrowDown" || event.key === "ArrowUp")) { event.preventDefault(); walk(event.key === "ArrowDown" ? 1 : -1); return; }
    if (voice && event.key === "c") { event.preventDefault(); press(voice.querySelector(".actions a[data-cite]")); return; }
    if (!area && event.key === "c" && voices().length) { event.preventDefault(); walk(1); return; }  // the first is chosen; c again cites it
    if (keeper && event.key === "g") { event.preventDefault(); take(); return; }
    var field = document.querySelector('[data-focus="' + CSS.escape(event.key) + '"]');
    if (field) { event.preventDefault(); field.focus(); return; }
    var target = document.querySelector('[data-key="' + CSS.escape(event.key) + '"]');
    if (target) { event.preventDefault(); press(target); }
  });
})();
