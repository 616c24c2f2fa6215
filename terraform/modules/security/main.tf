# Security groups: what a role of servers offers, and to whom.
resource "hcloud_firewall" "group" {
  for_each = local.group_rules

  name   = "group-${each.key}-${var.environment}"
  labels = merge(var.labels, { role = each.key })

  dynamic "rule" {
    for_each = each.value

    content {
      description = rule.value.description
      direction   = "in"
      protocol    = rule.value.protocol
      port        = rule.value.port
      source_ips  = rule.value.source_ips
    }
  }

  dynamic "apply_to" {
    for_each = var.server_ids_by_role[each.key]

    content {
      server = apply_to.value
    }
  }
}

# Network access lists: what every machine of a subnet must let in.
resource "hcloud_firewall" "subnet" {
  for_each = local.subnet_rules

  name   = "acl-${each.key}-${var.environment}"
  labels = merge(var.labels, { subnet = each.key })

  dynamic "rule" {
    for_each = each.value

    content {
      description = rule.value.description
      direction   = "in"
      protocol    = rule.value.protocol
      port        = rule.value.port
      source_ips  = rule.value.source_ips
    }
  }

  apply_to {
    label_selector = "subnet=${each.key},environment=${var.environment}"
  }
}
