// Comfort only: every page works without it.
(function () {
  "use strict";
  // Told in the page what is wrong: the summary of errors takes the focus.
  var summary = document.querySelector(".error-summary");
  if (summary) summary.focus();
  // Each act of voting bears a mark drawn here, by the voter's own browser.
  document.addEventListener("submit", function (event) {
    var mark = event.target.matches("form.votes") && event.target.querySelector('input[name="n"]');
    if (!mark || !window.crypto) return;
    var bytes = window.crypto.getRandomValues(new Uint8Array(16));
    mark.value = btoa(String.fromCharCode.apply(null, bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }, true);
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
