resource "hcloud_load_balancer" "main" {
  name               = var.name
  load_balancer_type = var.type
  location           = var.location
  labels             = var.labels
  delete_protection  = var.labels["environment"] == "production"

  algorithm {
    type = "least_connections"
  }
}

resource "hcloud_load_balancer_network" "main" {
  load_balancer_id        = hcloud_load_balancer.main.id
  subnet_id               = var.subnet_id
  ip                      = var.ip
  enable_public_interface = true
}

resource "hcloud_load_balancer_target" "server" {
  for_each = var.targets

  load_balancer_id = hcloud_load_balancer.main.id
  type             = "server"
  server_id        = each.value
  use_private_ip   = true

  depends_on = [hcloud_load_balancer_network.main]
}

resource "hcloud_load_balancer_service" "https" {
  load_balancer_id = hcloud_load_balancer.main.id
  protocol         = "https"
  listen_port      = 443
  destination_port = 80
  proxyprotocol    = false

  http {
    certificates  = [var.certificate_id]
    redirect_http = true
  }

  health_check {
    protocol = "http"
    port     = 80
    interval = 10
    timeout  = 5
    retries  = 3

    http {
      path         = "/healthz"
      status_codes = ["2??"]
    }
  }
}
