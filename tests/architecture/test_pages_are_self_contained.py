"""Does a page ask nothing of anyone else, and hold no script or style of its own?"""

import re

import pytest

from tests.architecture.order import PRODUCT, templates

MARKUP = [path for path in templates() if path.suffix in {".html", ".svg", ".xml"}]
ASSETS = sorted(path for path in PRODUCT.glob("*/static/**/*") if path.suffix in {".css", ".js", ".svg", ".webmanifest"})
INLINE = re.compile(r"""<style|\sstyle\s*=|\son[a-z]+\s*=\s*["']|<script(?![^>]*\ssrc=)|javascript:""", re.IGNORECASE)
REQUESTED = re.compile(
    r"""(?:\s(?:src|srcset|poster|data|action|formaction)\s*=\s*["']?|<(?:link|use|image)\b[^>]*\s(?:xlink:)?href\s*=\s*["']?"""
    r"""|url\(\s*["']?|@import\s+["']|(?:fetch|import|XMLHttpRequest|sendBeacon|WebSocket|EventSource)\(\s*["'`])"""
    r"""(?:[a-z]+:)?//""",
    re.IGNORECASE,
)


def short(path) -> str:
    return "/".join(path.parts[-3:])


@pytest.mark.parametrize("path", MARKUP, ids=short)
def test_a_template_holds_no_script_or_style(path):
    assert not (found := INLINE.search(path.read_text(encoding="utf-8"))), found


@pytest.mark.parametrize("path", MARKUP + ASSETS, ids=short)
def test_nothing_is_asked_of_another_site(path):
    assert not (found := REQUESTED.search(path.read_text(encoding="utf-8"))), found
