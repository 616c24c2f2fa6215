"""What gateways, delivery networks and the names in front of them lead to: applications, balancers, buckets of files."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc import views
from archdoc.config import Config
from archdoc.model.facts import EdgeKind
from archdoc.model.graph import Graph

GraphOf = Callable[[dict[str, str]], Graph]

GATEWAY = """
    resource "azurerm_linux_web_app" "shop" { name = "shop" }
    resource "azurerm_linux_web_app" "login" { name = "login" }
    resource "azurerm_linux_web_app" "other" { name = "other" }
    resource "azurerm_application_gateway" "front" {
      name = "front"
      frontend_port {
        name = "secure"
        port = 443
      }
      frontend_port {
        name = "plain"
        port = 80
      }
      http_listener {
        name               = "all"
        frontend_port_name = "secure"
        protocol           = "Https"
      }
      backend_address_pool {
        name  = "shop"
        fqdns = [azurerm_linux_web_app.shop.default_hostname]
      }
      backend_address_pool {
        name  = "login"
        fqdns = [azurerm_linux_web_app.login.default_hostname]
      }
    }
"""
CDN = """
    resource "azurerm_storage_account" "files" { name = "files" }
    resource "azurerm_storage_account" "logs" { name = "logs" }
    resource "azurerm_cdn_profile" "main" { name = "main" }
    resource "azurerm_cdn_endpoint" "files" {
      profile_name = azurerm_cdn_profile.main.name
      origin {
        name      = "files"
        host_name = azurerm_storage_account.files.primary_blob_host
      }
    }
    resource "azurerm_dns_cname_record" "files" {
      name               = "files"
      target_resource_id = azurerm_cdn_endpoint.files.id
    }
"""
FRONT_DOOR = """
    resource "azurerm_linux_web_app" "shop" { name = "shop" }
    resource "azurerm_cdn_frontdoor_profile" "main" { name = "main" }
    resource "azurerm_cdn_frontdoor_endpoint" "main" {
      cdn_frontdoor_profile_id = azurerm_cdn_frontdoor_profile.main.id
    }
    resource "azurerm_cdn_frontdoor_origin_group" "shop" {
      cdn_frontdoor_profile_id = azurerm_cdn_frontdoor_profile.main.id
    }
    resource "azurerm_cdn_frontdoor_origin" "shop" {
      cdn_frontdoor_origin_group_id = azurerm_cdn_frontdoor_origin_group.shop.id
      host_name                     = azurerm_linux_web_app.shop.default_hostname
    }
    resource "azurerm_cdn_frontdoor_route" "shop" {
      cdn_frontdoor_endpoint_id     = azurerm_cdn_frontdoor_endpoint.main.id
      cdn_frontdoor_origin_group_id = azurerm_cdn_frontdoor_origin_group.shop.id
    }
"""
GOOGLE = """
    resource "google_compute_global_address" "site" { name = "site" }
    resource "google_storage_bucket" "site" { name = "site" }
    resource "google_compute_backend_bucket" "site" { bucket_name = google_storage_bucket.site.name }
    resource "google_compute_url_map" "site" { default_service = google_compute_backend_bucket.site.id }
    resource "google_compute_target_https_proxy" "site" { url_map = google_compute_url_map.site.id }
    resource "google_compute_global_forwarding_rule" "site" {
      name       = "site"
      target     = google_compute_target_https_proxy.site.id
      ip_address = google_compute_global_address.site.address
      port_range = "443"
    }
    resource "google_dns_managed_zone" "main" {
      name     = "example-org"
      dns_name = "example.org."
    }
    resource "google_dns_record_set" "site" {
      name         = "www.example.org."
      managed_zone = google_dns_managed_zone.main.name
      type         = "A"
      rrdatas      = [google_compute_global_address.site.address]
    }
"""
CLOUDFRONT = """
    resource "aws_s3_bucket" "site" { bucket = "site" }
    resource "aws_s3_bucket" "logs" { bucket = "logs" }
    resource "aws_cloudfront_distribution" "site" {
      origin {
        origin_id   = "site"
        domain_name = aws_s3_bucket.site.bucket_regional_domain_name
      }
      logging_config { bucket = aws_s3_bucket.logs.bucket_domain_name }
    }
"""


def leads(graph: Graph) -> set[str]:
    """Who leads to whom, by what ends in an application, a balancer or a bucket."""
    ends = ("_web_app.", "_forwarding_rule.", "_bucket.", "_storage_account.", "_cdn_endpoint.")
    found = {(graph.node(e.source).address, graph.node(e.target).address) for e in graph.edges(EdgeKind.ROUTES_TO)}
    return {f"{s.partition('_')[2]} > {t.partition('_')[2]}" for s, t in found if any(end in t for end in ends)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            GATEWAY,
            {"application_gateway.front > linux_web_app.shop", "application_gateway.front > linux_web_app.login"},
        ),
        (CDN, {"cdn_endpoint.files > storage_account.files", "dns_cname_record.files > cdn_endpoint.files"}),
        (
            FRONT_DOOR,
            {
                "cdn_frontdoor_endpoint.main > linux_web_app.shop",
                "cdn_frontdoor_origin_group.shop > linux_web_app.shop",
            },
        ),
        (
            GOOGLE,
            {
                "dns_record_set.site > compute_global_forwarding_rule.site",
                "compute_global_forwarding_rule.site > storage_bucket.site",
                "compute_url_map.site > compute_backend_bucket.site",
                "compute_backend_bucket.site > storage_bucket.site",
            },
        ),
        (CLOUDFRONT, {"cloudfront_distribution.site > s3_bucket.site"}),
    ],
    ids=["application gateway", "cdn endpoint", "front door", "google", "cloudfront"],
)
def test_what_stands_behind_the_edge(text: str, expected: set[str], graph_of: GraphOf) -> None:
    assert leads(graph_of({"main.tf": text})) == expected


def boxes(graph: Graph) -> set[str]:
    (drawing,) = views.draw("network", graph, Config())
    return {" ".join(box.label) for box in drawing.boxes}


def test_a_gateway_is_drawn_with_its_ports_in_order(graph_of: GraphOf) -> None:
    (drawing,) = views.draw("network", graph_of({"main.tf": GATEWAY}), Config())
    assert {arrow.label for arrow in drawing.arrows} == {"80, 443"}


def test_a_record_is_called_by_its_full_name_once(graph_of: GraphOf) -> None:
    assert "www.example.org A record" in boxes(graph_of({"main.tf": GOOGLE}))


def test_a_bucket_whose_files_are_served_stands_in_the_network_and_one_of_logs_does_not(graph_of: GraphOf) -> None:
    found = boxes(graph_of({"main.tf": CLOUDFRONT}))
    assert any(label.startswith("site s3") for label in found)
    assert not any("logs" in label for label in found)
