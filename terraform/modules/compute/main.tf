locals {
  roles = toset([for server in values(var.servers) : server.role])

  volumes = merge([
    for server_name, server in var.servers : {
      for volume_name, size in server.volumes : "${server_name}-${volume_name}" => {
        server = server_name
        size   = size
      }
    }
  ]...)
}

resource "hcloud_ssh_key" "admin" {
  for_each = var.admin_ssh_keys

  name       = "${each.key}-${var.labels["environment"]}"
  public_key = each.value
  labels     = var.labels
}

resource "hcloud_placement_group" "role" {
  for_each = local.roles

  name   = "${each.key}-${var.labels["environment"]}"
  type   = "spread"
  labels = merge(var.labels, { role = each.key })
}

resource "hcloud_server" "main" {
  for_each = var.servers

  name               = each.key
  server_type        = each.value.server_type
  image              = var.image
  location           = var.location
  ssh_keys           = [for key in hcloud_ssh_key.admin : key.id]
  placement_group_id = hcloud_placement_group.role[each.value.role].id
  backups            = each.value.backups
  delete_protection  = var.labels["environment"] == "production"
  rebuild_protection = var.labels["environment"] == "production"

  labels = merge(var.labels, {
    role   = each.value.role
    subnet = each.value.subnet
  })

  public_net {
    ipv4_enabled = each.value.subnet == "public"
    ipv6_enabled = each.value.subnet == "public"
  }

  network {
    subnet_id = var.subnet_ids[each.value.subnet]
    ip        = each.value.ip
    alias_ips = []
  }

  user_data = templatefile("${path.module}/templates/cloud-init.yaml.tftpl", {
    hostname     = each.key
    is_gateway   = each.value.role == "bastion"
    network_cidr = var.network_cidr
    ssh_keys     = values(var.admin_ssh_keys)
  })

  lifecycle {
    ignore_changes = [image, ssh_keys, user_data]
  }
}
