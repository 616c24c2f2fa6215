# Created raw: the Ansible role "storage" encrypts, formats and mounts them.
resource "hcloud_volume" "data" {
  for_each = local.volumes

  name              = each.key
  size              = each.value.size
  server_id         = hcloud_server.main[each.value.server].id
  automount         = false
  labels            = merge(var.labels, { server = each.value.server })
  delete_protection = var.labels["environment"] == "production"
}
