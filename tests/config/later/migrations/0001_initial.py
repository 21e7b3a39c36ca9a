from importlib import import_module

Migration = import_module("polyphonie.portal.migrations.0001_initial").Migration
