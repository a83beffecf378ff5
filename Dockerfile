# syntax=docker/dockerfile:1
# The bot as an image: two stages, no compiler and no shell tools added, not root, and at home on a read-only file system.
# Not verified: no image could be built where this was written. tests/deploy holds what can be held without building.

FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.lock requirements-otel.txt /src/
# With --build-arg OTEL=1 the image can send spans.
ARG OTEL=
RUN python -m venv /venv \
    && /venv/bin/pip install --require-hashes -r /src/requirements.lock \
    && if [ -n "$OTEL" ]; then /venv/bin/pip install -r /src/requirements-otel.txt; fi

FROM python:3.11-slim-bookworm
# Fonts of the pictures in cards; the last one draws Japanese. tini is not needed: the bot reaps its own processes.
RUN apt-get update \
    && apt-get install -y --no-install-recommends fonts-dejavu-core fonts-liberation fonts-ipafont-gothic tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 bot \
    && useradd --uid 10001 --gid bot --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin bot \
    && install -d -o bot -g bot -m 0700 /data
COPY --from=build /venv /venv
COPY . /app
# Compiled now, because nothing is written beside the code later.
RUN /venv/bin/python -m compileall -q /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MPLCONFIGDIR=/tmp/matplotlib \
    FREELANCE_HOST=0.0.0.0 \
    FREELANCE_PORT=3978 \
    FREELANCE_DATA_DIR=/data
USER 10001:10001
VOLUME /data
EXPOSE 3978
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, sys, urllib.request as u; sys.exit(u.urlopen('http://127.0.0.1:%s/healthz' % os.environ['FREELANCE_PORT'], timeout=4).status != 200)"]
ENTRYPOINT ["python", "app.py"]
CMD ["serve"]
