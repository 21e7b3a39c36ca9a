"""Would the browser tests notice? Each kind of fault, planted in a real page, is caught."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]
INSERT = """markup => {
  const box = document.createElement("div");
  box.append(...window.polyphonie.parsed(markup).body.childNodes);
  document.querySelector("main").append(box);
}"""


def test_an_image_without_words_is_noticed(visitor):
    visitor.open("/connexion/").evaluate(INSERT, '<img src="/static/core/logo.svg">')
    with pytest.raises(AssertionError, match="image-alt"):
        visitor.assert_accessible()


def test_pale_words_are_noticed(visitor):
    page = visitor.open("/connexion/")
    page.evaluate(INSERT, '<p id="pale">Pâle</p>')
    page.evaluate("document.getElementById('pale').style.color = '#bbb'")
    with pytest.raises(AssertionError, match="light: color-contrast"):
        visitor.assert_accessible()


def test_a_page_wider_than_the_screen_is_noticed(visitor):
    page = visitor.open("/connexion/")
    visitor.assert_fits(320)
    page.evaluate(INSERT, '<p id="wide">x</p>')
    page.evaluate("document.getElementById('wide').style.width = '500px'")
    with pytest.raises(AssertionError, match="wide"):
        visitor.assert_fits(320)


@pytest.mark.parametrize(
    ("act", "trouble"),
    [
        ("const one = document.createElement('script'); one.append('1'); document.body.append(one)", "CSP"),
        ("try { document.body.innerHTML = 'words' } catch (_refused) {}", "CSP"),
        ("fetch('https://exemple.fr/').catch(() => 0)", "CSP"),
        ("document.body.append(Object.assign(document.createElement('img'), {src: '//exemple.fr/x.png'}))", "CSP"),
        ("setTimeout(() => { throw new Error('broken') })", "broken"),
        ("document.body.append(Object.assign(document.createElement('img'), {src: '/static/absent.svg'}))", "404"),
    ],
)
def test_a_forbidden_script_a_foreign_request_and_an_error_are_noticed(visitor, act, trouble):
    visitor.open("/connexion/").evaluate(f"() => {{ {act}; }}")
    visitor.page.wait_for_timeout(300)
    found, visitor.troubles[:] = list(visitor.troubles), []
    assert any(trouble in one for one in found), found


def test_a_browser_without_javascript_runs_none(plain_visitor):
    page = plain_visitor.open("/connexion/")
    assert page.locator("main").count() == 1
