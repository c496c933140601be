# The tag names a line of Python; an operator who wants one exact image pins the digest of the registry in use.
ARG PYTHON=3.11-slim-bookworm

FROM python:${PYTHON} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1
WORKDIR /build
RUN python -m venv /opt/piste-relay && python -m venv /opt/build
COPY requirements/runtime.lock requirements/build.lock requirements/
RUN /opt/piste-relay/bin/pip install --require-hashes --only-binary :all: --requirement requirements/runtime.lock \
    && /opt/build/bin/pip install --require-hashes --only-binary :all: --requirement requirements/build.lock
COPY pyproject.toml ./
COPY contracts contracts
COPY service service
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
    && /opt/piste-relay/bin/pip install --no-deps --no-index dist/*.whl \
    && /opt/piste-relay/bin/python -m compileall -q /opt/piste-relay/lib \
    && /opt/piste-relay/bin/pip uninstall --yes pip setuptools

FROM python:${PYTHON}
RUN groupadd --gid 10001 relay \
    && useradd --uid 10001 --gid relay --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin relay \
    && install --directory --owner relay --group relay --mode 0750 /var/lib/piste-relay
COPY --from=build /opt/piste-relay /opt/piste-relay
ENV PATH=/opt/piste-relay/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
WORKDIR /var/lib/piste-relay
USER 10001:10001
EXPOSE 8080
ENTRYPOINT ["piste-relay"]
CMD ["worker"]
