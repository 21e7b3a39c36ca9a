// Comfort only: every page works without it.
(function () {
  "use strict";
  // A page of the site, read as a document of its own where nothing runs: the one place where words become markup.
  var policy = window.trustedTypes ? window.trustedTypes.createPolicy("polyphonie", { createHTML: String }) : { createHTML: String };
  window.polyphonie = {
    parsed: function (html) { return new DOMParser().parseFromString(policy.createHTML(html), "text/html"); }
  };
  // Told in the page what is wrong: the summary of errors takes the focus.
  var summary = document.querySelector(".error-summary");
  if (summary) summary.focus();
  // Each act of voting bears a mark drawn here, by the voter's own browser.
  document.addEventListener("submit", function (event) {
    var mark = event.target.matches("form.votes") && event.target.querySelector('input[name="n"]');
    if (!mark || !window.crypto || event.target.dataset.again) return;
    var bytes = window.crypto.getRandomValues(new Uint8Array(16));
    mark.value = btoa(String.fromCharCode.apply(null, bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }, true);
  // A vote that comes back to this very page changes there only what it changes: nothing jumps, and the focus stays.
  document.addEventListener("submit", function (event) {
    var form = event.target, button = event.submitter;
    if (!button || !form.matches("form.votes") || form.dataset.again || !comesBack(form)) return;
    event.preventDefault();
    if (form.dataset.sent) return;
    form.dataset.sent = "1";
    var act = new URLSearchParams(new FormData(form));
    act.set(button.name, button.value);
    fetch(form.action, { method: "POST", body: act, credentials: "same-origin" })
      .then(function (answer) {
        if (!answer.ok || !isHere(answer.url)) throw new Error(String(answer.status));
        return answer.text();
      })
      .then(function (html) { renew(form, button, window.polyphonie.parsed(html)); })
      .catch(function () { delete form.dataset.sent; form.dataset.again = "1"; form.requestSubmit(button); });  // the same act: it counts once
  });
  function isHere(address) {
    var there = new URL(address, location.href);
    return there.origin === location.origin && there.pathname === location.pathname && there.search === location.search;
  }
  function comesBack(form) { return form.elements.suite && isHere(form.elements.suite.value); }
  function renew(form, button, page) {
    var card = form.closest("article.card[id]"), old = card || document.querySelector("main");
    var fresh = card ? page.getElementById(card.id) : page.querySelector("main");
    var again = fresh && fresh.querySelector("#" + form.id);
    if (!again) throw new Error("the page has changed");
    old.replaceWith(fresh);
    var status = again.querySelector("[role=status]"), words = status ? Array.prototype.slice.call(status.childNodes) : [];
    if (status) { status.replaceChildren(); setTimeout(function () { status.append.apply(status, words); }, 100); }  // so that it is said
    (again.querySelector('[value="' + button.value + '"]') || again.querySelector("button")).focus({ preventScroll: true });
  }
  // Where the menu of a desk is one line that slides, the page one is on is in sight.
  var here = document.querySelector(".of-a-desk [aria-current]");
  if (here) { var row = here.closest("ul"); row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2; }
  // One click sends a form once.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.method === "post") { form.dataset.sent = "1"; setTimeout(function () { delete form.dataset.sent; }, 4000); }
  });
  // Coming back with the browser's arrow: forms may be sent again.
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });
})();
