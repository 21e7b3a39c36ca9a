# Deux étages : le premier construit, le second ne garde que ce qui sert. Les versions et leurs empreintes sont celles de requirements.lock.
FROM docker.io/library/python:3.13-slim-bookworm AS build
WORKDIR /source
RUN python -m venv /venv
COPY requirements.lock .
RUN /venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY locale locale
COPY polyphonie polyphonie
RUN /venv/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheel . \
 && /venv/bin/pip install --no-cache-dir --no-deps /wheel/*.whl \
 && /venv/bin/pip uninstall --yes hatchling pip

FROM docker.io/library/python:3.13-slim-bookworm
# pour les PDF (extra [pdf]) : sans ces trois paquets, tout marche et les liens vers les PDF n’apparaissent pas
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 fonts-dejavu-core \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --create-home --home-dir /srv/polyphonie --shell /usr/sbin/nologin polyphonie \
 && install -d -o polyphonie -g polyphonie -m 0700 /var/lib/polyphonie /var/lib/polyphonie-keys /var/backups/polyphonie
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    POLYPHONIE_VAR=/var/lib/polyphonie \
    POLYPHONIE_KEYS=/var/lib/polyphonie-keys \
    POLYPHONIE_BIND=0.0.0.0:8000
USER polyphonie
WORKDIR /srv/polyphonie
# trois volumes : les données, les clés, les sauvegardes ; jamais le même pour deux d'entre eux
VOLUME ["/var/lib/polyphonie", "/var/lib/polyphonie-keys", "/var/backups/polyphonie"]
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/sante/pret/', timeout=4)"]
ENTRYPOINT ["polyphonie"]
CMD ["serve"]
