"""Docker Compose: services with what they run, publish, keep and talk to, each at its line."""

from __future__ import annotations

import pytest
from format_files import addresses, attributes, edges, placed, read

from archdoc.model.document import Document
from archdoc.model.facts import EdgeKind, NodeKind, Provenance, Source
from archdoc.readers.formats.compose import interpolated

STACK = """
    name: shop
    x-common: &common
      restart: always
      networks: [inner]
    services:
      app:
        <<: *common
        image: ghcr.io/acme/app:${TAG:-1.2}
        ports:
          - "8080:80"
          - 22:22
          - target: 9000
            published: 9001
            protocol: udp
        environment:
          DATABASE_URL: postgres://app:pw@db:5432/app
          CACHE_HOST: cache
          PAYMENT_API_URL: https://api.pay.example.com/v1
          PUBLIC_URL: https://shop.example.com
          SELF_HOST: localhost
        depends_on:
          db:
            condition: service_healthy
        volumes:
          - uploads:/srv/uploads
          - ./app.conf:/etc/app.conf:ro
          - ./data:/srv/data
          - /srv/media:/media
          - /var/run/docker.sock:/var/run/docker.sock
        command: ["serve", "--tracing.url=http://jaeger:4318"]
      db:
        image: postgres:16
        container_name: shop-db
      cache:
        build: {context: ./redis}
        links: [db]
      worker:
        image: ghcr.io/acme/app:1.2
        environment:
          - QUEUE_URL=amqp://queue.internal:5672
          - DB_DSN=postgres://shop-db/app
        deploy: {replicas: 3}
    volumes:
      uploads: {external: true}
    """


@pytest.fixture(scope="module")
def document() -> Document:
    return placed("/srv/shop/docker-compose.yml", STACK)


def test_services_are_what_their_images_are(document: Document) -> None:
    graph = read(document)
    found = {n.name: (n.type, n.source.line, n.source.end_line) for n in graph.nodes(NodeKind.SERVICE)}
    assert found == {
        "app": ("app", 6, 30),
        "db": ("postgresql", 31, 33),
        "cache": ("cache", 34, 36),
        "worker": ("worker", 37, 42),
    }
    app = attributes(graph, "service:web:app")
    assert app["image"] == "ghcr.io/acme/app:1.2"
    assert app["ports"] == ["8080:80", "22:22", "9001:9000/udp"]
    assert app["networks"] == ["inner"]
    assert app["project"] == "shop"
    assert app["hosts"] == ["ansible:.:group:web"]
    assert attributes(graph, "service:web:cache")["build"] == "./redis"
    assert attributes(graph, "service:web:worker")["replicas"] == 3


def test_the_style_of_the_yaml_makes_no_difference() -> None:
    block = placed("/opt/a/compose.yml", "services:\n  wiki:\n    image: nginx:1\n    ports:\n      - 80:80\n")
    flow = placed("/opt/a/compose.yml", 'services: {wiki: {image: "nginx:1", ports: ["80:80"]}}\n')
    one, other = ({n.id: n.attributes for n in read(d).nodes()} for d in (block, flow))
    assert one
    assert one == other


def test_what_talks_to_what_in_the_file(document: Document) -> None:
    found = edges(read(document), EdgeKind.CONNECTS_TO)
    assert sorted(found) == [
        ("app", "cache", 17),
        ("app", "db", 16),
        ("app", "db", 22),
        ("cache", "db", 36),
        ("worker", "db", 41),
    ]


def test_what_leads_out_of_the_file_stays_an_address_but_never_its_own(document: Document) -> None:
    graph = read(document)
    app = addresses(attributes(graph, "service:web:app")["connections"])
    assert app == [("api.pay.example.com", None, "PAYMENT_API_URL", 18), ("jaeger", 4318, "tracing.url", 30)]
    worker = addresses(attributes(graph, "service:web:worker")["connections"])
    assert worker == [("queue.internal", 5672, "QUEUE_URL", 40)]


def test_data_is_kept_in_volumes_and_directories_not_in_configuration(document: Document) -> None:
    graph = read(document)
    assert [(name, line) for _, name, line in edges(graph, EdgeKind.STORES_IN)] == [
        ("./data", 27),
        ("/srv/media", 28),
        ("uploads", 25),
    ]
    assert attributes(graph, "store:web:uploads")["external"] is True
    assert attributes(graph, "store:web:./data")["directory"] == "/srv/shop/data"


def test_two_projects_of_one_host_have_a_database_each() -> None:
    one = "services:\n  db:\n    image: postgres:16\n  app:\n    image: nginx\n    environment: {DB_HOST: db}\n"
    graph = read(
        placed("/srv/shop/compose.yml", one),
        placed("/srv/blog/compose.yml", one),
        placed("/srv/blog/compose.prod.yml", one),
    )
    assert [n.id for n in graph.nodes(NodeKind.SERVICE) if n.name == "db"] == [
        "service:web/blog:db",
        "service:web/shop:db",
    ]
    assert {(e.source, e.target) for e in graph.edges(EdgeKind.CONNECTS_TO)} == {
        ("service:web/blog:app", "service:web/blog:db"),
        ("service:web/shop:app", "service:web/shop:db"),
    }


def test_a_file_that_a_container_mounts_is_the_containers() -> None:
    compose = """
        services:
          metrics:
            image: prom/prometheus
            volumes: ["./prometheus:/etc/prometheus"]
        """
    config = "scrape_configs:\n  - job_name: own\n    static_configs: [{targets: [localhost:9090]}]\n"
    graph = read(
        placed("/opt/mon/docker-compose.yml", compose),
        placed("/opt/mon/prometheus/prometheus.yml", config),
        placed("/opt/other/prometheus.yml", config),
    )
    assert [n.id for n in graph.nodes(NodeKind.SERVICE)] == ["service:web:metrics", "service:web:prometheus"]
    mounted = attributes(graph, "service:web:metrics")["scrape_jobs"]
    assert [(j["job"], j["path"], j["line"]) for j in mounted] == [("own", "templates/prometheus.yml", 2)]


def test_traefik_routes_by_the_labels_of_the_containers_around_it() -> None:
    compose = """
        services:
          proxy:
            image: traefik:v3
          app:
            image: ghcr.io/acme/app
            labels:
              traefik.http.routers.app.rule: Host(`app.example.com`) || Host(`www.example.com`)
              traefik.http.services.app.loadbalancer.server.port: "3000"
        """
    graph = read(placed("/srv/docker-compose.yml", compose))
    edge = next(graph.edges(EdgeKind.CONNECTS_TO))
    assert (edge.source, edge.target) == ("service:web:proxy", "service:web:app")
    assert (edge.attributes["port"], edge.evidence) == (3000, (Source("templates/docker-compose.yml", 7),))
    assert attributes(graph, "service:web:app")["server_names"] == ["app.example.com", "www.example.com"]


def test_a_template_that_does_not_render_whole_is_read_and_marked() -> None:
    compose = """
        services:
          app:
            image: {{ registry }}/app:{{ version | default('1') }}
            environment:
              DB_HOST: {{ groups['db'] | first }}
              DB_URL: postgres://{{ groups['db'] | first }}:5432/app
            depends_on: [db]
          db:
            image: postgres
        {% if wanted %}
        networks: {a: {}}
        {% endif %}
        """
    graph = read(placed("/srv/compose.yml", compose, partial=True))
    app = attributes(graph, "service:web:app")
    assert app["image"] == "{{ registry }}/app:{{ version | default('1') }}"
    assert app["partial"] is True
    assert addresses(app["connections"]) == [("{{ groups['db'] | first }}", 5432, "DB_URL", 6)]
    edge = next(graph.edges(EdgeKind.CONNECTS_TO))
    assert (edge.target, edge.provenance, edge.rule) == (
        "service:web:db",
        Provenance.INFERRED,
        "formats.partial-template",
    )


def test_a_block_that_is_no_yaml_is_a_problem_and_the_others_are_read() -> None:
    broken = "networks:\n  - a: [\n\nservices:\n  db:\n    image: postgres\n"
    graph = read(placed("/srv/compose.yml", broken))
    assert [n.id for n in graph.nodes()] == ["service:web:db"]
    assert [(p.code, p.source.line) for p in graph.problems()] == [("CFG001", 1)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${TAG:-1}", "1"),
        ("${TAG-1}", "1"),
        ("${TAG:?needed}", "${TAG:?needed}"),
        ("$TAG", "$TAG"),
        ("a$$b", "a$b"),
        ("${A:-x}/${B:-y}", "x/y"),
    ],
)
def test_interpolation_gives_defaults_only(text: str, value: str) -> None:
    assert interpolated(text) == value


def test_services_that_only_a_loop_names_are_a_problem_and_no_box() -> None:
    text = """
        services:
          {{ item.name }}:
            image: {{ item.image }}
          loki:
            image: grafana/loki:{{ version }}
            environment:
              {{ key }}: {{ value }}
        """
    graph = read(placed("/opt/app/docker-compose.yml", text, partial=True))
    assert [n.name for n in graph.nodes(NodeKind.SERVICE)] == ["loki"]
    assert attributes(graph, "service:web:loki")["image"] == "grafana/loki:{{ version }}"
    assert [(p.code, p.source.line) for p in graph.problems()] == [("CFG004", 2)]


def test_a_file_whose_place_only_one_of_two_plays_knows_is_one_file() -> None:
    text = "services: {db: {image: postgres}}\n"
    known, unknown = placed("/srv/compose.yml", text), placed("{{ data_path }}/compose.yml", text)
    assert [n.name for n in read(known, unknown).nodes(NodeKind.SERVICE)] == ["db"]
    elsewhere = placed("{{ data_path }}/compose.yml", text, scope="db")
    assert len(list(read(known, elsewhere).nodes(NodeKind.SERVICE))) == 2


def test_a_file_that_is_laid_over_another_changes_its_services_and_has_none_of_them() -> None:
    main = _loose("compose.yml", "services:\n  web: {image: nginx}\n  db: {image: postgres}\n")
    over = _loose("extras/compose.tunnel.yml", "services:\n  tunnel: {image: cloudflared}\n  web: {ports: ['80:80']}\n")
    alone = _loose("other/compose.yml", "services:\n  cron: {command: crond}\n  job: {image: busybox}\n")
    graph = read(main, over, alone)
    assert sorted(n.id for n in graph.nodes(NodeKind.SERVICE)) == [
        "service:.:db",
        "service:.:web",
        "service:extras:tunnel",
        "service:other:cron",
        "service:other:job",
    ]
    assert "ports" not in attributes(graph, "service:.:web")
    (told,) = graph.problems()
    assert (told.code, told.source and (told.source.path, told.source.line)) == (
        "CFG006",
        ("extras/compose.tunnel.yml", 3),
    )
    assert told.message.endswith("not drawn: web")


def _loose(path: str, text: str) -> Document:
    """A file of the repository that nothing puts anywhere."""
    return Document(path, text, Source(path))
