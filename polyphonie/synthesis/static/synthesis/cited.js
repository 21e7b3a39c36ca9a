// Comfort only: on a wide screen the words of what a sentence cites open under it; each link still leads to its own page.
(function () {
  "use strict";
  var IS_WIDE = window.matchMedia("(min-width: 48rem)");
  function isPlain(event) {
    return IS_WIDE.matches && !event.defaultPrevented && event.button === 0 &&
      !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  }
  function triggers(holder) {
    var sentence = holder.closest(".under-statement").previousElementSibling;
    return Array.prototype.slice.call(sentence.querySelectorAll("a.citation")).concat(holder.querySelector("a"));
  }
  function close(holder) {
    var panel = holder.querySelector(".cited-panel"), opener = holder.opener;
    if (!panel) return;
    panel.hidden = true;
    triggers(holder).forEach(function (one) { one.removeAttribute("aria-expanded"); });
    if (opener && panel.contains(document.activeElement)) opener.focus();
    holder.opener = null;
  }
  // The words of one contribution, or of all that the sentence cites.
  function show(holder, panel, opener) {
    var number = opener.classList.contains("citation") ? opener.dataset.voice : "", first = null;
    panel.querySelectorAll("[data-voice]").forEach(function (one) {
      one.hidden = Boolean(number) && one.dataset.voice !== number;
      if (!one.hidden && !first) first = one;
    });
    triggers(holder).forEach(function (one) { one.removeAttribute("aria-expanded"); });
    opener.setAttribute("aria-expanded", "true");
    holder.opener = opener;
    panel.hidden = false;
    if (!first) return;
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
    panel.scrollIntoView({ block: "nearest" });
  }
  function made(holder, html) {
    var page = window.polyphonie.parsed(html), panel = document.createElement("div");
    var button = document.createElement("button");
    panel.className = "cited-panel";
    panel.append.apply(panel, Array.prototype.slice.call(page.body.childNodes));
    button.type = "button";
    button.className = "button line small";
    button.textContent = holder.dataset.close;
    button.addEventListener("click", function () { close(holder); });
    panel.append(button);
    panel.addEventListener("keydown", function (event) { if (event.key === "Escape") close(holder); });
    holder.append(panel);
    return panel;
  }
  function open(holder, opener) {
    var panel = holder.querySelector(".cited-panel");
    if (panel) { show(holder, panel, opener); return; }
    if (holder.isAsked) return;
    holder.isAsked = true;
    fetch(holder.querySelector("a").href, { headers: { "Polyphonie-Fragment": "1" }, credentials: "same-origin" })
      .then(function (answer) {
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        return answer.text();
      })
      .then(function (html) { show(holder, made(holder, html), opener); })
      .catch(function () { window.location.assign(opener.href); })
      .finally(function () { holder.isAsked = false; });
  }
  document.querySelectorAll(".cited-words").forEach(function (holder) {
    triggers(holder).forEach(function (opener) {
      opener.addEventListener("click", function (event) {
        if (!isPlain(event)) return;
        event.preventDefault();
        if (holder.opener === opener) close(holder); else open(holder, opener);
      });
    });
  });
})();
