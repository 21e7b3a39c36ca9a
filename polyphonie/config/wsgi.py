"""The application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from polyphonie.core.serving.holding import Door
from polyphonie.core.serving.turnstile import Turnstile

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "polyphonie.config.settings")
application = Door(Turnstile(get_wsgi_application()))
