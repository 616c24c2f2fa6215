"""The network of each provider: one small configuration, and the facts that a person reads out of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from archdoc.model.facts import Edge, EdgeKind
from archdoc.model.graph import Graph

KINDS = (
    EdgeKind.CONTAINS,
    EdgeKind.ATTACHED_TO,
    EdgeKind.ROUTES_TO,
    EdgeKind.PROTECTS,
    EdgeKind.ALLOWS,
    EdgeKind.CONNECTS_TO,
)

AWS = """
    resource "aws_vpc" "main" { cidr_block = "10.0.0.0/16" }
    resource "aws_vpc" "other" { cidr_block = "10.1.0.0/16" }
    resource "aws_vpc_peering_connection" "both" {
      vpc_id      = aws_vpc.main.id
      peer_vpc_id = aws_vpc.other.id
    }
    resource "aws_subnet" "a" {
      vpc_id     = aws_vpc.main.id
      cidr_block = "10.0.1.0/24"
    }
    resource "aws_internet_gateway" "main" { vpc_id = aws_vpc.main.id }
    resource "aws_route_table" "a" {
      vpc_id = aws_vpc.main.id
      route {
        cidr_block = "0.0.0.0/0"
        gateway_id = aws_internet_gateway.main.id
      }
    }
    resource "aws_route_table_association" "a" {
      subnet_id      = aws_subnet.a.id
      route_table_id = aws_route_table.a.id
    }
    resource "aws_security_group" "lb" {
      vpc_id = aws_vpc.main.id
      ingress {
        from_port   = 443
        to_port     = 443
        protocol    = "tcp"
        cidr_blocks = ["0.0.0.0/0"]
      }
    }
    resource "aws_security_group" "web" { vpc_id = aws_vpc.main.id }
    resource "aws_vpc_security_group_ingress_rule" "web" {
      security_group_id            = aws_security_group.web.id
      referenced_security_group_id = aws_security_group.lb.id
      ip_protocol                  = "tcp"
      from_port                    = 8080
      to_port                      = 8080
    }
    resource "aws_network_interface" "web" {
      subnet_id       = aws_subnet.a.id
      security_groups = [aws_security_group.web.id]
      private_ips     = ["10.0.1.7"]
    }
    resource "aws_instance" "web" {
      network_interface {
        network_interface_id = aws_network_interface.web.id
        device_index         = 0
      }
    }
    resource "aws_eip" "web" { domain = "vpc" }
    resource "aws_eip_association" "web" {
      allocation_id        = aws_eip.web.id
      network_interface_id = aws_network_interface.web.id
    }
    resource "aws_lb" "main" {
      subnets         = [aws_subnet.a.id]
      security_groups = [aws_security_group.lb.id]
    }
    resource "aws_lb_target_group" "web" { port = 8080 }
    resource "aws_lb_listener" "https" {
      load_balancer_arn = aws_lb.main.arn
      port              = 443
      protocol          = "HTTPS"
      certificate_arn   = aws_acm_certificate.www.arn
      default_action { target_group_arn = aws_lb_target_group.web.arn }
    }
    resource "aws_lb_target_group_attachment" "web" {
      target_group_arn = aws_lb_target_group.web.arn
      target_id        = aws_instance.web.id
      port             = 8080
    }
    resource "aws_route53_zone" "main" { name = "example.org" }
    resource "aws_route53_record" "www" {
      zone_id = aws_route53_zone.main.zone_id
      name    = "www"
      alias { name = aws_lb.main.dns_name }
    }
    resource "aws_db_instance" "db" {
      vpc_security_group_ids = [aws_security_group.web.id]
      kms_key_id             = aws_kms_key.db.arn
    }
    resource "aws_kms_key" "db" { enable_key_rotation = true }
    resource "aws_acm_certificate" "www" { domain_name = "www.example.org" }
    """
GOOGLE = """
    resource "google_compute_network" "main" { name = "main" }
    resource "google_compute_subnetwork" "a" {
      network       = google_compute_network.main.id
      ip_cidr_range = "10.2.0.0/24"
    }
    resource "google_compute_address" "web" { name = "web" }
    resource "google_compute_instance" "web" {
      name = "web"
      tags = ["web"]
      network_interface {
        subnetwork = google_compute_subnetwork.a.id
        network_ip = "10.2.0.5"
        access_config { nat_ip = google_compute_address.web.address }
      }
    }
    resource "google_compute_instance" "db" {
      name = "db"
      network_interface { subnetwork = google_compute_subnetwork.a.id }
    }
    resource "google_compute_firewall" "web" {
      network       = google_compute_network.main.name
      source_ranges = ["0.0.0.0/0"]
      target_tags   = ["web"]
      allow {
        protocol = "tcp"
        ports    = ["80", "443"]
      }
    }
    resource "google_dns_managed_zone" "main" { dns_name = "example.org." }
    resource "google_dns_record_set" "web" {
      managed_zone = google_dns_managed_zone.main.name
      name         = "web.example.org."
      type         = "A"
      rrdatas      = [google_compute_address.web.address]
    }
    """
AZURE = """
    resource "azurerm_virtual_network" "main" { address_space = ["10.3.0.0/16"] }
    resource "azurerm_subnet" "a" {
      virtual_network_name = azurerm_virtual_network.main.name
      address_prefixes     = ["10.3.1.0/24"]
    }
    resource "azurerm_public_ip" "web" { allocation_method = "Static" }
    resource "azurerm_network_interface" "web" {
      ip_configuration {
        subnet_id            = azurerm_subnet.a.id
        private_ip_address   = "10.3.1.4"
        public_ip_address_id = azurerm_public_ip.web.id
      }
    }
    resource "azurerm_linux_virtual_machine" "web" {
      name                  = "web"
      network_interface_ids = [azurerm_network_interface.web.id]
    }
    resource "azurerm_network_security_group" "web" {
      security_rule {
        direction              = "Inbound"
        access                 = "Allow"
        protocol               = "Tcp"
        destination_port_range = "22"
        source_address_prefix  = "Internet"
      }
      security_rule {
        direction              = "Inbound"
        access                 = "Deny"
        protocol               = "*"
        destination_port_range = "*"
        source_address_prefix  = "*"
      }
    }
    resource "azurerm_subnet" "firewall" {
      name                 = "AzureFirewallSubnet"
      virtual_network_name = azurerm_virtual_network.main.name
      address_prefixes     = ["10.3.2.0/24"]
    }
    resource "azurerm_firewall" "hub" {
      ip_configuration { subnet_id = azurerm_subnet.firewall.id }
    }
    resource "azurerm_network_interface_security_group_association" "web" {
      network_interface_id      = azurerm_network_interface.web.id
      network_security_group_id = azurerm_network_security_group.web.id
    }
    """
HETZNER = """
    resource "hcloud_network" "main" { ip_range = "10.4.0.0/16" }
    resource "hcloud_network_subnet" "a" {
      network_id = hcloud_network.main.id
      ip_range   = "10.4.1.0/24"
    }
    resource "hcloud_server" "web" {
      name   = "web"
      labels = { role = "web" }
    }
    resource "hcloud_server_network" "web" {
      server_id  = hcloud_server.web.id
      network_id = hcloud_network.main.id
      ip         = "10.4.1.9"
    }
    resource "hcloud_floating_ip" "web" { server_id = hcloud_server.web.id }
    resource "hcloud_load_balancer" "main" { name = "lb" }
    resource "hcloud_load_balancer_service" "https" {
      load_balancer_id = hcloud_load_balancer.main.id
      protocol         = "tcp"
      listen_port      = 443
      destination_port = 8443
    }
    resource "hcloud_load_balancer_target" "web" {
      load_balancer_id = hcloud_load_balancer.main.id
      type             = "label_selector"
      label_selector   = "role=web"
    }
    resource "hcloud_firewall" "web" {
      rule {
        direction  = "in"
        protocol   = "tcp"
        port       = "22"
        source_ips = ["10.4.0.0/16", "192.0.2.1/32"]
      }
    }
    resource "hcloud_firewall_attachment" "web" {
      firewall_id = hcloud_firewall.web.id
      server_ids  = [hcloud_server.web.id]
    }
    """
DIGITALOCEAN = """
    resource "digitalocean_vpc" "main" { ip_range = "10.5.0.0/24" }
    resource "digitalocean_droplet" "web" {
      name     = "web"
      vpc_uuid = digitalocean_vpc.main.id
      tags     = ["web"]
    }
    resource "digitalocean_loadbalancer" "main" {
      name = "lb"
      forwarding_rule {
        entry_port      = 443
        entry_protocol  = "https"
        target_port     = 80
        target_protocol = "http"
      }
      droplet_tag = "web"
    }
    resource "digitalocean_firewall" "web" {
      tags = ["web"]
      inbound_rule {
        protocol                  = "tcp"
        port_range                = "80"
        source_load_balancer_uids = [digitalocean_loadbalancer.main.id]
      }
    }
    resource "digitalocean_domain" "main" { name = "example.org" }
    resource "digitalocean_record" "web" {
      domain = digitalocean_domain.main.id
      type   = "A"
      name   = "@"
      value  = digitalocean_loadbalancer.main.ip
    }
    """
OPENSTACK = """
    resource "openstack_networking_network_v2" "main" { name = "main" }
    resource "openstack_networking_subnet_v2" "a" {
      network_id = openstack_networking_network_v2.main.id
      cidr       = "10.6.0.0/24"
    }
    resource "openstack_networking_router_v2" "out" { name = "out" }
    resource "openstack_networking_router_interface_v2" "a" {
      router_id = openstack_networking_router_v2.out.id
      subnet_id = openstack_networking_subnet_v2.a.id
    }
    resource "openstack_networking_secgroup_v2" "web" { name = "web" }
    resource "openstack_networking_secgroup_rule_v2" "https" {
      security_group_id = openstack_networking_secgroup_v2.web.id
      direction         = "ingress"
      protocol          = "tcp"
      port_range_min    = 443
      port_range_max    = 443
      remote_ip_prefix  = "0.0.0.0/0"
    }
    resource "openstack_networking_port_v2" "web" {
      network_id         = openstack_networking_network_v2.main.id
      security_group_ids = [openstack_networking_secgroup_v2.web.id]
      fixed_ip {
        subnet_id  = openstack_networking_subnet_v2.a.id
        ip_address = "10.6.0.8"
      }
    }
    resource "openstack_compute_instance_v2" "web" {
      name = "web"
      network { port = openstack_networking_port_v2.web.id }
    }
    resource "openstack_networking_floatingip_v2" "web" { pool = "public" }
    resource "openstack_networking_floatingip_associate_v2" "web" {
      floating_ip = openstack_networking_floatingip_v2.web.address
      port_id     = openstack_networking_port_v2.web.id
    }
    """
PROXMOX = """
    resource "proxmox_virtual_environment_vm" "web" {
      name      = "web"
      node_name = "pve"
      initialization {
        ip_config {
          ipv4 { address = "10.7.0.5/24" }
        }
      }
    }
    resource "proxmox_virtual_environment_firewall_rules" "web" {
      vm_id = proxmox_virtual_environment_vm.web.vm_id
      rule {
        type   = "in"
        action = "ACCEPT"
        proto  = "tcp"
        dport  = "443"
        source = "0.0.0.0/0"
      }
      rule {
        type   = "in"
        action = "DROP"
        proto  = "tcp"
        dport  = "22"
        source = "0.0.0.0/0"
      }
    }
    resource "cloudflare_dns_record" "web" {
      name    = "web.example.org"
      type    = "A"
      content = "10.7.0.5"
    }
    """
CLOUDFLARE = """
    resource "hcloud_server" "web" { name = "web" }
    resource "cloudflare_zone" "main" { name = "example.org" }
    resource "cloudflare_dns_record" "web" {
      zone_id = cloudflare_zone.main.id
      name    = "web"
      type    = "A"
      content = hcloud_server.web.ipv4_address
      proxied = true
    }
    resource "cloudflare_dns_record" "mail" {
      zone_id = cloudflare_zone.main.id
      name    = "mail"
      type    = "A"
      content = hcloud_server.web.ipv4_address
      proxied = false
    }
    resource "cloudflare_load_balancer_pool" "web" {
      origins {
        name    = "web"
        address = hcloud_server.web.ipv4_address
      }
    }
    resource "cloudflare_load_balancer" "main" {
      zone_id          = cloudflare_zone.main.id
      default_pool_ids = [cloudflare_load_balancer_pool.web.id]
      fallback_pool_id = cloudflare_load_balancer_pool.web.id
    }
    """

FACTS = {
    "aws": (
        AWS,
        {
            "vpc.main contains subnet.a",
            "subnet.a contains instance.web",
            "subnet.a contains lb.main",
            "subnet.a routes_to internet_gateway.main",
            "vpc.main connects_to vpc.other",
            "eip.web attached_to instance.web",
            "security_group.web protects instance.web",
            "security_group.web protects db_instance.db",
            "security_group.lb protects lb.main",
            "internet allows lb.main 443/tcp",
            "lb.main allows instance.web 8080/tcp",
            "lb.main allows db_instance.db 8080/tcp",
            "lb.main routes_to instance.web 443/https",
            "lb_target_group.web routes_to instance.web",
            "route53_record.www routes_to lb.main",
            "kms_key.db protects db_instance.db",
            "acm_certificate.www protects lb.main",
        },
        {"internet allows instance.web 443/tcp", "internet allows instance.web 8080/tcp"},
    ),
    "google": (
        GOOGLE,
        {
            "compute_network.main contains compute_subnetwork.a",
            "compute_subnetwork.a contains compute_instance.web",
            "compute_address.web attached_to compute_instance.web",
            "compute_firewall.web protects compute_instance.web",
            "internet allows compute_instance.web 80,443/tcp",
            "dns_record_set.web routes_to compute_address.web",
            "dns_record_set.web routes_to compute_instance.web",
        },
        {"compute_firewall.web protects compute_instance.db", "internet allows compute_instance.db 80,443/tcp"},
    ),
    "azure": (
        AZURE,
        {
            "virtual_network.main contains subnet.a",
            "subnet.a contains linux_virtual_machine.web",
            "public_ip.web attached_to linux_virtual_machine.web",
            "network_security_group.web protects linux_virtual_machine.web",
            "internet allows linux_virtual_machine.web 22/tcp",
            "subnet.firewall contains firewall.hub",
        },
        {"internet allows linux_virtual_machine.web any", "subnet.a contains network_security_group.web"},
    ),
    "hetzner": (
        HETZNER,
        {
            "network.main contains network_subnet.a",
            "network.main contains server.web",
            "network_subnet.a contains server.web",
            "floating_ip.web attached_to server.web",
            "load_balancer.main routes_to server.web 443/tcp",
            "firewall.web protects server.web",
            "network.main allows server.web 22/tcp",
            "192.0.2.1/32 allows server.web 22/tcp",
        },
        {"internet allows server.web 22/tcp"},
    ),
    "digitalocean": (
        DIGITALOCEAN,
        {
            "vpc.main contains droplet.web",
            "loadbalancer.main routes_to droplet.web",
            "firewall.web protects droplet.web",
            "loadbalancer.main allows droplet.web 80/tcp",
            "record.web routes_to loadbalancer.main",
        },
        {"internet allows droplet.web 80/tcp"},
    ),
    "openstack": (
        OPENSTACK,
        {
            "networking_network_v2.main contains networking_subnet_v2.a",
            "networking_subnet_v2.a contains compute_instance_v2.web",
            "networking_secgroup_v2.web protects compute_instance_v2.web",
            "internet allows compute_instance_v2.web 443/tcp",
            "networking_floatingip_v2.web attached_to compute_instance_v2.web",
            "networking_router_v2.out attached_to networking_subnet_v2.a",
        },
        set(),
    ),
    "proxmox": (
        PROXMOX,
        {
            "reaches-host allows virtual_environment_vm.web 443/tcp",
            "dns_record.web routes_to virtual_environment_vm.web",
        },
        {"reaches-host allows virtual_environment_vm.web 22/tcp", "internet allows virtual_environment_vm.web 443/tcp"},
    ),
    "cloudflare": (
        CLOUDFLARE,
        {
            "dns_record.web routes_to server.web",
            "dns_record.mail routes_to server.web",
            "internet routes_to dns_record.web",
            "load_balancer.main routes_to load_balancer_pool.web",
            "load_balancer_pool.web routes_to server.web",
            "load_balancer.main routes_to server.web",
        },
        {"internet routes_to dns_record.mail"},
    ),
}


def read(graph: Graph) -> set[str]:
    """The facts of a graph in short words, with the ports where an edge has some, and once without."""
    found: set[str] = set()
    for edge in graph.edges(*KINDS):
        ends = f"{_short(edge.source)} {edge.kind} {_short(edge.target)}"
        found.add(ends)
        found |= {f"{ends} {ports}" for ports in _ports(edge)}
    return found


def _short(node_id: str) -> str:
    name = node_id.split(":", 2)[-1].removeprefix("range:")
    return name.partition("_")[2] if node_id.startswith("tf:") and "_" in name else name


def _ports(edge: Edge) -> list[str]:
    ports = edge.attributes.get("ports")
    return [str(ports)] if ports else []


@pytest.mark.parametrize("provider", FACTS)
def test_the_network_of_a_provider(provider: str, graph_of: Callable[[dict[str, str]], Graph]) -> None:
    text, there, not_there = FACTS[provider]
    found = read(graph_of({"main.tf": text}))
    assert there - found == set()
    assert not_there & found == set()


def test_a_public_subnet_is_told_from_a_private_one(graph_of: Callable[[dict[str, str]], Graph]) -> None:
    private = 'resource "aws_subnet" "b" {\n  vpc_id = aws_vpc.main.id\n  cidr_block = "10.0.2.0/24"\n}\n'
    graph = graph_of({"main.tf": AWS, "more.tf": private})
    assert graph.node("tf:.:aws_subnet.a").attributes.get("public") is True
    assert graph.node("tf:.:aws_subnet.b").attributes.get("public") is None


def test_a_machine_has_the_addresses_of_its_interfaces(graph_of: Callable[[dict[str, str]], Graph]) -> None:
    graph = graph_of({"aws/main.tf": AWS, "azure/main.tf": AZURE, "openstack/main.tf": OPENSTACK})
    assert graph.node("tf:aws:aws_instance.web").attributes["addresses"] == ["10.0.1.7"]
    assert graph.node("tf:azure:azurerm_linux_virtual_machine.web").attributes["addresses"] == ["10.3.1.4"]
    assert graph.node("tf:openstack:openstack_compute_instance_v2.web").attributes["addresses"] == ["10.6.0.8"]


CLUSTER = """
    resource "google_compute_network" "main" { name = "main" }
    resource "google_compute_network" "other" { name = "other" }
    resource "google_compute_subnetwork" "a" {
      network       = google_compute_network.main.id
      ip_cidr_range = "10.2.0.0/24"
    }
    resource "google_container_cluster" "main" {
      network    = google_compute_network.main.id
      subnetwork = google_compute_subnetwork.a.id
    }
    resource "google_container_node_pool" "web" { cluster = google_container_cluster.main.id }
    resource "google_compute_router" "main" { network = google_compute_network.main.id }
    resource "google_compute_router_nat" "out" { router = google_compute_router.main.name }
"""


def test_nodes_and_gateways_are_in_the_networks_of_what_they_belong_to(
    graph_of: Callable[[dict[str, str]], Graph],
) -> None:
    found = read(graph_of({"main.tf": CLUSTER}))
    assert "compute_subnetwork.a contains container_node_pool.web" in found
    assert "compute_network.main contains compute_router_nat.out" in found
    assert not any("compute_network.other contains" in fact for fact in found)


def test_fastly_passes_on_to_the_name_of_its_backend_and_sends_its_logs(
    graph_of: Callable[[dict[str, str]], Graph],
) -> None:
    record = 'resource "aws_route53_record" "{0}" {{\n  name = "{0}.example.org"\n  type = "A"\n}}\n'
    service = """
        resource "aws_s3_bucket" "logs" { bucket = "logs" }
        resource "fastly_service_vcl" "cdn" {
          name = "cdn"
          backend {
            name    = "origin"
            address = aws_route53_record.origin.fqdn
          }
          logging_s3 {
            name        = "s3"
            bucket_name = aws_s3_bucket.logs.bucket
          }
          logging_syslog {
            name    = "syslog"
            address = aws_route53_record.syslog.name
          }
        }
    """
    names = record.format("origin") + record.format("syslog")
    graph = graph_of({"main.tf": service, "records.tf": names})
    cdn = "tf:.:fastly_service_vcl.cdn"
    assert {n.address for n in graph.targets(cdn, EdgeKind.ROUTES_TO)} == {"aws_route53_record.origin"}
    shipped = {n.address for n in graph.targets(cdn, EdgeKind.SHIPS_LOGS_TO)}
    assert shipped == {"aws_route53_record.syslog", "aws_s3_bucket.logs"}
