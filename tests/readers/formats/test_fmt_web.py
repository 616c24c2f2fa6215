"""nginx, Caddy and Traefik: the names they answer to, and what they pass requests on to."""

from __future__ import annotations

from format_files import addresses, attributes, placed, read

from archdoc.model.facts import NodeKind

NGINX = """
    user www-data;
    http {
      upstream app { server 10.0.0.1:8080 weight=2; server 10.0.0.2:8080; }
      upstream unused { server spare; }
      server { listen 80; server_name example.com www.example.com; return 301 https://$host$request_uri; }
      server {
        listen 443 ssl http2;   # the real one; proxy_pass http://comment:1;
        server_name "example.com";
        ssl_certificate /etc/ssl/cert.pem;
        root /srv/www;
        set $api api.internal:9000;
        location / { proxy_pass http://app; }
        location /api/ {
          proxy_pass http://$api/v1;
        }
        location ~ \\.php$ { fastcgi_pass unix:/run/php/php-fpm.sock; }
        location /far {
          if ($request_method = POST) { proxy_pass https://far.example.net; }
        }
      }
    }
    """


def test_nginx_passes_through_upstreams_variables_and_nested_blocks() -> None:
    found = attributes(read(placed("/etc/nginx/nginx.conf", NGINX)), "service:web:nginx")
    assert addresses(found["connections"]) == [
        ("10.0.0.1", 8080, "upstream app", 3),
        ("10.0.0.2", 8080, "upstream app", 3),
        ("api.internal", 9000, "proxy_pass", 14),
        ("far.example.net", None, "proxy_pass", 18),
        ("spare", 80, "upstream unused", 4),
    ]
    assert found["server_names"] == ["example.com", "www.example.com"]
    assert (found["listens"], found["tls"], found["roots"]) == (["80", "443"], True, ["/srv/www"])


def test_nginx_without_a_certificate_has_no_tls() -> None:
    found = attributes(
        read(placed("/etc/nginx/sites-enabled/app", "server {\n listen 80;\n root /srv;\n}\n")), "service:web:nginx"
    )
    assert "tls" not in found


def test_a_template_of_nginx_with_statements_left_in_it() -> None:
    text = """
        server {
          server_name {{ ansible_facts.fqdn }};
          {% if use_tls %}
          listen 443 ssl;
          {% endif %}
          location / { proxy_pass http://{{ groups['app'] | first }}:8080; }
        }
        """
    found = attributes(read(placed("/etc/nginx/conf.d/app.conf", text, partial=True)), "service:web:nginx")
    assert addresses(found["connections"]) == [("{{ groups['app'] | first }}", 8080, "proxy_pass", 6)]
    assert found["server_names"] == ["{{ ansible_facts.fqdn }}"]
    assert found["partial"] is True


def test_a_file_in_nginx_that_is_no_server_is_nothing() -> None:
    graph = read(placed("/etc/nginx/mime.types", "types {\n  text/html html;\n}\n"))
    assert list(graph.nodes(NodeKind.SERVICE)) == []


CADDY = """
    {
      email ops@example.com
    }
    (common) {
      reverse_proxy /metrics metrics:9090
    }
    example.com, www.example.com {
      import common
      root * /srv/www
      reverse_proxy /api/* app-1:8080 app-2:8080
      handle /php {
        php_fastcgi unix//run/php.sock
        reverse_proxy {
          to http://late.internal:7000
        }
      }
    }
    http://plain.example.com {
      respond "reverse_proxy nowhere:1"
    }
    """


def test_caddy_sites_snippets_and_blocks() -> None:
    found = attributes(read(placed("/etc/caddy/Caddyfile", CADDY)), "service:web:caddy")
    assert addresses(found["connections"]) == [
        ("app-1", 8080, "reverse_proxy", 10),
        ("app-2", 8080, "reverse_proxy", 10),
        ("late.internal", 7000, "reverse_proxy", 14),
        ("metrics", 9090, "reverse_proxy", 5),
    ]
    assert found["server_names"] == ["example.com", "www.example.com", "plain.example.com"]
    assert (found["tls"], found["roots"]) == (True, ["/srv/www"])


def test_a_caddy_that_only_serves_plain_http_has_no_tls() -> None:
    graph = read(placed("/etc/caddy/Caddyfile", "http://a.example.com {\n  reverse_proxy app:80\n}\n"))
    assert "tls" not in attributes(graph, "service:web:caddy")


DYNAMIC = """
    http:
      routers:
        app:
          rule: Host(`app.example.com`) && PathPrefix(`/api`)
          service: app
          tls: {}
      services:
        app:
          loadBalancer:
            servers:
              - url: http://10.0.0.1:8080
              - url: "http://10.0.0.2:8080"
    tcp:
      routers:
        db: {rule: HostSNI(`*`), service: db}
      services:
        db: {loadBalancer: {servers: [{address: "db.internal:5432"}]}}
    """


def test_traefik_routers_lead_to_servers() -> None:
    found = attributes(read(placed("/etc/traefik/dynamic.yml", DYNAMIC)), "service:web:traefik")
    assert addresses(found["connections"]) == [
        ("10.0.0.1", 8080, "router app", 11),
        ("10.0.0.2", 8080, "router app", 12),
        ("db.internal", 5432, "router db", 17),
    ]
    assert (found["server_names"], found["tls"]) == (["app.example.com"], True)


def test_traefik_in_toml() -> None:
    text = """
        [entryPoints.web]
          address = ":80"
        [entryPoints.secure]
          address = ":443"
        [providers.docker]
        [http.routers.app]
          rule = "Host(`app.example.com`)"
          service = "app"
        [[http.services.app.loadBalancer.servers]]
          url = "http://10.0.0.9:80"
        """
    found = attributes(read(placed("/etc/traefik/traefik.toml", text)), "service:web:traefik")
    assert addresses(found["connections"]) == [("10.0.0.9", 80, "router app", 10)]
    assert (found["listens"], found["providers"]) == (["80", "443"], ["docker"])
    assert found["server_names"] == ["app.example.com"]
