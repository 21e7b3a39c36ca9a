// Comfort only: selecting words offers to comment on them; without it each paragraph has its link.
(function () {
  "use strict";
  var offer = document.getElementById("annotate-selection");
  if (!offer) return;
  var link = offer.querySelector("a");
  // Characters as the server counts them: code points of the text, what is drawn whole counted as what it stands for.
  function count(text) { return Array.from(text).length; }
  function blockOf(node) {
    var element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
    return element && element.closest("[data-block]");
  }
  function isApart(node) {
    var element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
    return Boolean(element.closest("[data-apart]"));
  }
  // How many characters of the block stand before this place; `after` puts a place inside something drawn whole at its end.
  function offsetIn(block, node, offset, after) {
    var place = document.createRange(), total = 0, walker;
    place.setStart(node, offset);
    place.collapse(true);
    walker = document.createTreeWalker(block, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, function (one) {
      if (isApart(one)) return NodeFilter.FILTER_REJECT;
      var whole = one.parentElement.closest("[data-text]");
      if (whole && block.contains(whole)) return NodeFilter.FILTER_REJECT;
      return one.nodeType === Node.TEXT_NODE || one.hasAttribute("data-text") ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_SKIP;
    });
    while (walker.nextNode()) {
      var one = walker.currentNode, here = document.createRange();
      here.selectNode(one);
      if (place.compareBoundaryPoints(Range.START_TO_START, here) <= 0) break;
      var isWhole = one.nodeType === Node.ELEMENT_NODE;
      var isPast = place.compareBoundaryPoints(Range.END_TO_START, here) >= 0;
      if (isPast) { total += count(isWhole ? one.dataset.text : one.data); continue; }
      if (isWhole) return total + (after ? count(one.dataset.text) : 0);
      return total + (node === one ? count(one.data.slice(0, offset)) : 0);
    }
    return total;
  }
  // The paragraph where the selection begins; or, when it begins in a heading, the first one that it reaches.
  function firstBlock(range) {
    return blockOf(range.startContainer) || Array.from(document.querySelectorAll("[data-block]")).find(function (one) {
      return range.comparePoint(one, 0) === 0;
    });
  }
  function chosen() {
    var selection = window.getSelection();
    if (!selection || !selection.rangeCount || selection.isCollapsed) return null;
    var range = selection.getRangeAt(0), block = firstBlock(range);
    if (!block || !selection.toString().trim()) return null;
    var start = block.contains(range.startContainer) ? offsetIn(block, range.startContainer, range.startOffset, false) : 0, end;
    if (block.contains(range.endContainer)) {
      end = offsetIn(block, range.endContainer, range.endOffset, true);
    } else {
      end = offsetIn(block, block, block.childNodes.length, true);
    }
    return end > start ? { block: block.dataset.block, start: start, end: end } : null;
  }
  // A finger on the button lets go of the selection before it counts as a press: what was offered stays a moment.
  var LINGERS = 400, leaving = 0;
  function propose() {
    var passage = chosen();
    clearTimeout(leaving);
    if (!passage) {
      leaving = setTimeout(function () { offer.hidden = true; }, LINGERS);
      return;
    }
    offer.hidden = false;
    link.href = offer.dataset.address + "&bloc=" + encodeURIComponent(passage.block) + "&de=" + passage.start + "&a=" + passage.end;
  }
  offer.addEventListener("mousedown", function (event) { event.preventDefault(); });
  document.addEventListener("selectionchange", propose);
  // Who selects with the keyboard stays in the text: Enter, which does nothing there, goes where the button does.
  var ACTS = "a, button, input, select, textarea, summary";
  document.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && !event.target.closest(ACTS) && chosen()) link.click();
  });
})();
