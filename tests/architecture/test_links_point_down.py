"""Which links can import-linter not see? Relations between records, and templates that use one another: both point down."""

import jinja2
import pytest
from django.apps import apps
from jinja2 import meta

from polyphonie.core.templating import environment
from tests.architecture.order import PRODUCT, may_know, packages, templates

NOT_OURS = {"contenttypes", "auth", "sessions"}


def relations() -> list:
    return list(_relations())


def _relations():
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            if field.is_relation and field.concrete and field.related_model and model._meta.app_label in packages():
                yield pytest.param(model._meta.app_label, field, id=f"{model._meta.label}.{field.name}")


@pytest.mark.parametrize(("package", "field"), relations())
def test_a_record_points_to_records_of_earlier_stages_which_do_not_know_it(package, field):
    other = field.related_model._meta.app_label
    assert other not in NOT_OURS
    assert may_know(package, other)
    if other != package and str(field) != "opendata.Import.process":
        assert field.remote_field.related_name == "+", 'related_name="+": an earlier stage does not know the later one'


@pytest.mark.parametrize("path", templates(), ids=lambda path: "/".join(path.parts[-2:]))
def test_a_template_uses_those_of_its_package_and_of_earlier_ones(path):
    package, _templates, own_folder = path.relative_to(PRODUCT).parts[:3]
    assert own_folder == package
    tree = environment(loader=jinja2.BaseLoader(), autoescape=True).parse(path.read_text(encoding="utf-8"))
    for used in meta.find_referenced_templates(tree):
        assert used is not None, "the name of a used template is written out"
        assert may_know(package, used.split("/")[0]), used
