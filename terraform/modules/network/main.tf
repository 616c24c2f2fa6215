resource "hcloud_network" "main" {
  name              = var.name
  ip_range          = var.cidr
  labels            = var.labels
  delete_protection = var.labels["environment"] == "production"
}

resource "hcloud_network_subnet" "main" {
  for_each = var.subnets

  network_id   = hcloud_network.main.id
  type         = "cloud"
  network_zone = var.network_zone
  ip_range     = each.value
}

resource "hcloud_network_route" "egress" {
  network_id  = hcloud_network.main.id
  destination = "0.0.0.0/0"
  gateway     = var.nat_gateway

  depends_on = [hcloud_network_subnet.main]
}
