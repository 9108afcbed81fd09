# Packages are installed apart, so that a change of the code alone does not install them again.
FROM python:3.13-slim AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements*.txt ./
# requirements-levelling.txt has OR-Tools too.
ARG REQUIREMENTS=requirements.txt
RUN /opt/venv/bin/pip install --require-hashes --requirement $REQUIREMENTS

# npm is needed here alone, and stays in this stage: the image gets the files that pages load.
FROM python:3.13-slim AS front
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /front
COPY package.json package-lock.json .npmrc requirements-node.txt ./
COPY ops ops
RUN python -m ops.front_end

FROM python:3.13-slim
RUN groupadd --gid 10001 portolan \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin portolan
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PORTOLAN_VAR=/app/var \
    LOG_FORMAT=json \
    GRANIAN_HOST=0.0.0.0 \
    GRANIAN_PORT=8000 \
    GRANIAN_INTERFACE=wsgi \
    GRANIAN_WORKERS=2 \
    GRANIAN_BLOCKING_THREADS=4 \
    GRANIAN_WEBSOCKETS=false \
    GRANIAN_RESPAWN_FAILED_WORKERS=true \
    GRANIAN_WORKERS_KILL_TIMEOUT=25
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY . .
COPY --from=front /front/static/vendor static/vendor
# The key is for this one command and in no image; the folder of beat's schedule is a volume of the portolan user.
RUN SECRET_KEY=only-to-collect-static-files python manage.py collectstatic --no-input \
    && python -m compileall -q . \
    && install --directory --owner 10001 --group 10001 /var/lib/portolan
USER 10001:10001
EXPOSE 8000
# Requests under way are finished first; see GRANIAN_WORKERS_KILL_TIMEOUT.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-m", "ops.probe", "web"]
CMD ["granian", "config.wsgi:application"]
