# Hetzner's firewalls look at public interfaces. The Ansible role "firewall" holds the same rules on the
# private ones; these stand in front of it, and keep a server closed that is given a public address by mistake.
locals {
  hosts = { for role, addresses in var.addresses_by_role : role => [for address in addresses : "${address}/32"] }

  group_rules = {
    bastion = [
      { description = "SSH from the offices", protocol = "tcp", port = "22", source_ips = var.admin_cidrs },
    ]
    web = [
      { description = "HTTP from the load balancer", protocol = "tcp", port = "80", source_ips = ["${var.load_balancer_ip}/32"] },
      { description = "Uploaded files among web servers", protocol = "tcp", port = "2049", source_ips = local.hosts["web"] },
      { description = "Service metrics", protocol = "tcp", port = "8000-9999", source_ips = local.hosts["monitoring"] },
    ]
    db = [
      { description = "PostgreSQL from the web servers", protocol = "tcp", port = "5432", source_ips = local.hosts["web"] },
      { description = "PostgreSQL metrics", protocol = "tcp", port = "9187", source_ips = local.hosts["monitoring"] },
    ]
    cache = [
      { description = "Redis from the web servers", protocol = "tcp", port = "6379", source_ips = local.hosts["web"] },
      { description = "Redis metrics", protocol = "tcp", port = "9121", source_ips = local.hosts["monitoring"] },
    ]
    monitoring = [
      { description = "Grafana through nginx", protocol = "tcp", port = "3000", source_ips = local.hosts["web"] },
      { description = "Kibana through nginx", protocol = "tcp", port = "5601", source_ips = local.hosts["web"] },
      { description = "Jaeger through nginx", protocol = "tcp", port = "16686", source_ips = local.hosts["web"] },
      { description = "Traces by OTLP", protocol = "tcp", port = "4317-4318", source_ips = local.hosts["web"] },
      { description = "Logs to Elasticsearch", protocol = "tcp", port = "9200", source_ips = [var.network_cidr] },
    ]
  }

  subnet_rules = {
    public = [
      { description = "Ping inside the network", protocol = "icmp", port = null, source_ips = [var.network_cidr] },
      { description = "Egress of the private subnet", protocol = "tcp", port = "any", source_ips = [var.subnet_cidrs["private"]] },
    ]
    private = [
      { description = "Ping inside the network", protocol = "icmp", port = null, source_ips = [var.network_cidr] },
      { description = "SSH through the bastion", protocol = "tcp", port = "22", source_ips = local.hosts["bastion"] },
      { description = "Node metrics", protocol = "tcp", port = "9100", source_ips = local.hosts["monitoring"] },
    ]
  }
}
