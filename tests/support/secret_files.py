"""A repository in which every place that may hold a credential holds one: each a canary that nothing may print.

``files()`` gives the texts by their paths; ``CANARIES`` maps a name of the place to the canary planted there.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping

_PLACE = re.compile(r"«([\w.-]+)»")
CANARIES: dict[str, str] = {}


_FORMS = {
    "UPPER16": "C4NARYAWSKEY{:04d}",
    "UUID": "c4a4a{:03d}-0e3f-4b7c-9d21-5fe80b6ac4aa",
    "HEX": "c4a4a{:03d}0e3f4b7c9d215fe80b6ac4aa",
}
"""Canaries of the form of an AWS key, a UUID, a hash."""


def _canary(place: str) -> str:
    """A text that looks like a credential that somebody made up: letters and digits, nothing of a known form."""
    if place not in CANARIES:
        number = len(CANARIES) + 1
        CANARIES[place] = f"c4nary{number:03d}Xq{number * 7919 % 9973:04d}zT"
    return CANARIES[place]


def _hex(place: str) -> str:
    """As it stands in a vaulted text: hexadecimal digits."""
    CANARIES.setdefault(place, f"6361{len(CANARIES):04d}{'6e617279' * 4}")
    return CANARIES[place]


ANSIBLE = {
    "ansible.cfg": "[defaults]\ninventory = hosts.ini\n",
    "hosts.ini": """
        [web]
        web1 ansible_host=10.0.0.1 ansible_password=«ini-host» ansible_become_pass="«ini-become»"
        [web:vars]
        api_token=«ini-group»
        """,
    "group_vars/all.yml": """
        db_password: «var-password»
        db_user: app
        db_host: db.internal
        database_url: "postgres://app:{{ db_password }}@{{ db_host }}:5432/app"
        smtp: {host: mail.example.com, user: ops, password: «var-nested»}
        admins:
          - {name: ann, password_hash: "$6$rounds=5000$salt$«var-hash»aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}
        aws_key: AKIA«UPPER16»
        deploy_key: |
          -----BEGIN OPENSSH PRIVATE KEY-----
          b3BlbnNzaC1rZXktdjEAAAAA«var-key»
          -----END OPENSSH PRIVATE KEY-----
        vaulted: !vault |
          $ANSIBLE_VAULT;1.1;AES256
          «HEX-var»
        aliased_secret: "{{ db_password }}"
        """,
    "group_vars/web/vault.yml": "$ANSIBLE_VAULT;1.1;AES256\n«HEX-file»\n",
    "host_vars/web1.yml": "app_secret_key: «host-var»\nwebhook_url: https://hooks.example.com/services/«host-webhook»\n",
    "roles/app/defaults/main.yml": "app_api_key: «role-default»\napp_port: 8080\n",
    "site.yml": """
        - hosts: web
          vars: {session_secret: «play-var»}
          roles: [app]
          tasks:
            - name: Log in
              ansible.builtin.shell: docker login -u ci -p «shell-short-option» registry.example.com
            - name: Fill
              ansible.builtin.shell: |
                PGPASSWORD=«shell-assignment» psql -h db.internal app
                mysql -u root -p«shell-glued-option» -h db.internal app
                curl -u admin:«shell-user-option» -H "Authorization: Bearer «shell-bearer»" https://ops:«shell-url»@api.example.com
                vault login --token «shell-long-option»
                htpasswd -b /etc/nginx/users ann «shell-htpasswd»
                echo "root:«shell-chpasswd»" | chpasswd
            - name: Run
              ansible.builtin.command: docker run -d -e API_TOKEN=«docker-run» --env DB_PASS=«docker-run-env» -p 80:80 nginx
            - name: Container
              community.docker.docker_container:
                name: api
                image: ghcr.io/acme/api:1
                env: {API_SECRET: «container-env», DATABASE_URL: "postgres://app:«container-url»@db.internal/app"}
                command: serve --jwt-secret=«container-command»
            - name: Database user
              community.postgresql.postgresql_user: {name: app, password: «module-argument»}
            - name: Ask
              ansible.builtin.uri:
                url: https://api.example.com/v1?api_key=«uri-query»
                headers: {Authorization: "Bearer «uri-header»"}
                password: «uri-password»
            - name: Redis
              ansible.builtin.lineinfile: {path: /etc/redis/redis.conf, line: "requirepass «line»"}
            - name: Nightly
              ansible.builtin.cron:
                name: restic
                minute: "0"
                hour: "3"
                job: "RESTIC_PASSWORD=«cron-job» restic -r s3:s3.example.com/backup backup /srv"
            - name: Set
              ansible.builtin.set_fact: {oauth_token: «set-fact»}
            - name: Old style
              mysql_user: name=app password=«key-value» host=localhost
            - name: Other
              ansible.builtin.command: ansible-playbook other.yml --extra-vars "db_password=«extra-vars»"
        """,
    "other.yml": "- hosts: web\n  tasks: []\n",
    "roles/app/tasks/main.yml": """
        - ansible.builtin.template: {src: compose.yml.j2, dest: /srv/app/docker-compose.yml}
        - ansible.builtin.template: {src: app.env.j2, dest: /srv/app/.env}
        - ansible.builtin.template: {src: nginx.conf.j2, dest: /etc/nginx/nginx.conf}
        - ansible.builtin.template: {src: alertmanager.yml.j2, dest: /etc/alertmanager/alertmanager.yml}
        - ansible.builtin.template: {src: prometheus.yml.j2, dest: /etc/prometheus/prometheus.yml}
        - ansible.builtin.template: {src: datasources.yml.j2, dest: /etc/grafana/provisioning/datasources/all.yml}
        - ansible.builtin.template: {src: borgmatic.yml.j2, dest: /etc/borgmatic/config.yaml}
        - ansible.builtin.template: {src: app.service.j2, dest: /etc/systemd/system/app.service}
        - ansible.builtin.template: {src: fluent-bit.conf.j2, dest: /etc/fluent-bit/fluent-bit.conf}
        - ansible.builtin.template: {src: loki.yml.j2, dest: /etc/loki/config.yml}
        - ansible.builtin.template: {src: otel.yml.j2, dest: /etc/otelcol/config.yaml}
        - ansible.builtin.template: {src: backup.cron.j2, dest: /etc/cron.d/backup}
        - ansible.builtin.template: {src: traefik.yml.j2, dest: /etc/traefik/dynamic.yml}
        - ansible.builtin.template: {src: Caddyfile.j2, dest: /etc/caddy/Caddyfile}
        """,
    "roles/app/templates/compose.yml.j2": """
        services:
          app:
            image: ghcr.io/acme/app:1
            command: ["serve", "--admin-password", "«compose-command»"]
            environment:
              POSTGRES_PASSWORD: "{{ db_password }}"
              SECRET_KEY_BASE: «compose-env»
              DATABASE_URL: "{{ database_url }}"
              AMQP: amqp://guest:«compose-url»@queue:5672/
              VAULTED: "{{ vaulted }}"
              SESSION: "{{ session_secret }}"
            labels:
              - "traefik.http.middlewares.auth.basicauth.users=ann:$$apr1$$salt$$«compose-label»aaaaaaaaaaa"
          queue:
            image: rabbitmq:3
            environment:
              - RABBITMQ_DEFAULT_PASS=«compose-list»
        """,
    "roles/app/templates/app.env.j2": "API_KEY=«env-file»\nDATABASE_URL=mysql://app:«env-url»@db.internal/app\n",
    "roles/app/templates/nginx.conf.j2": """
        server {
          server_name app.example.com;
          location / {
            proxy_set_header Authorization "Bearer «nginx-header»";
            proxy_pass http://ops:«nginx-url»@10.0.0.9:8080;
          }
        }
        """,
    "roles/app/templates/alertmanager.yml.j2": """
        global: {smtp_auth_password: «am-smtp», slack_api_url: "https://hooks.slack.com/services/T0/B0/«am-slack-global»"}
        route: {receiver: ops}
        receivers:
          - name: ops
            slack_configs:
              - {channel: "#ops", api_url: "https://hooks.slack.com/services/T0/B0/«am-slack»"}
            webhook_configs:
              - url: https://ops:«am-webhook-user»@hook.example.com/in?token=«am-webhook-query»
              - url: https://hc.example.com/ping/«am-webhook-path»
            pagerduty_configs: [{routing_key: «am-pagerduty»}]
            opsgenie_configs: [{api_key: «am-opsgenie»}]
            telegram_configs: [{bot_token: "123456789:AA«am-telegram»aaaaaaaaaaaaaaaaaaaaa", chat_id: 5}]
            pushover_configs: [{user_key: «am-pushover-user», token: «am-pushover»}]
        """,
    "roles/app/templates/prometheus.yml.j2": """
        scrape_configs:
          - job_name: app
            basic_auth: {username: prom, password: «prom-basic»}
            static_configs: [{targets: ["10.0.0.1:9100"]}]
          - job_name: other
            authorization: {credentials: «prom-credentials»}
            bearer_token: «prom-bearer»
            static_configs: [{targets: ["10.0.0.2:9100"]}]
        remote_write:
          - url: https://metrics:«prom-remote»@mimir.example.com/api/v1/push
        """,
    "roles/app/templates/datasources.yml.j2": """
        datasources:
          - name: db
            type: postgres
            url: postgres://grafana:«grafana-url»@db.internal:5432/app
            secureJsonData: {password: «grafana-secure», httpHeaderValue1: "Bearer «grafana-header»"}
        """,
    "roles/app/templates/borgmatic.yml.j2": """
        source_directories: [/srv]
        repositories: [{path: "ssh://borg:«borg-url»@backup.example.com/./repo", label: far}]
        encryption_passphrase: «borg-passphrase»
        healthchecks: {ping_url: "https://hc-ping.com/«borg-ping»"}
        postgresql_databases: [{name: app, hostname: db.internal, password: «borg-database»}]
        """,
    "roles/app/templates/app.service.j2": """
        [Service]
        Environment="API_KEY=«unit-environment»" "OTHER=1"
        ExecStart=/usr/bin/app --token=«unit-option» --db postgres://app:«unit-url»@db.internal/app
        """,
    "roles/app/templates/fluent-bit.conf.j2": """
        [INPUT]
            Name tail
            Path /var/log/*.log
        [OUTPUT]
            Name es
            Host logs.example.com
            HTTP_Passwd «fluent-passwd»
            Cloud_Auth elastic:«fluent-auth»
        """,
    "roles/app/templates/loki.yml.j2": """
        schema_config: {configs: [{object_store: s3, store: tsdb}]}
        common: {storage: {s3: {endpoint: s3.example.com, secret_access_key: «loki-key», bucketnames: logs}}}
        storage_config: {aws: {s3: "s3://AKID:«loki-url»@eu-1/logs"}}
        """,
    "roles/app/templates/otel.yml.j2": """
        receivers: {otlp: {}}
        exporters:
          otlphttp: {endpoint: "https://otel.example.com", headers: {authorization: "Basic «otel-header»", x-api-key: «otel-key»}}
        service: {pipelines: {traces: {receivers: [otlp], exporters: [otlphttp]}}}
        """,
    "roles/app/templates/backup.cron.j2": """
        RESTIC_PASSWORD=«crontab-assignment»
        0 3 * * * root restic -r rest:https://ops:«crontab-url»@backup.example.com/ backup /srv
        30 3 * * * root mysqldump -uroot -p«crontab-option» app | gzip > /srv/app.sql.gz
        """,
    "roles/app/templates/traefik.yml.j2": """
        http:
          routers: {app: {rule: "Host(`app.example.com`)", service: app}}
          services: {app: {loadBalancer: {servers: [{url: "http://ops:«traefik-url»@10.0.0.9:80"}]}}}
          middlewares: {auth: {basicAuth: {users: ["ann:$apr1$salt$«traefik-user»aaaaaaaaaaa"]}}}
        """,
    "roles/app/templates/Caddyfile.j2": """
        app.example.com {
          basicauth { ann $2a$14$«caddy-hash»aaaaaaaaaaaaaaaaaaaaaaaaaaaa }
          reverse_proxy http://10.0.0.9:80 {
            header_up Authorization "Bearer «caddy-header»"
          }
        }
        """,
}
TERRAFORM = {
    "terraform/main.tf": """
        resource "azurerm_key_vault_secret" "kept" {
          name  = "kept"
          value = "«tf-vault-value»"
        }
        resource "kubernetes_secret_v1" "kept" {
          data = { user = "«tf-kubernetes-data»" }
        }
        resource "aws_ssm_parameter" "kept" {
          name  = "kept"
          type  = "SecureString"
          value = "«tf-parameter-value»"
        }
        terraform {
          backend "s3" {
            bucket     = "state"
            secret_key = "«tf-backend»"
          }
        }
        provider "hcloud" {
          token = "«tf-provider»"
        }
        variable "db_password" {
          sensitive = true
          default   = "«tf-variable»"
        }
        variable "admin_token" {
          default = "«tf-unmarked-variable»"
        }
        locals {
          url        = "postgres://app:${var.db_password}@db.internal/app"
          api_key    = "«tf-local»"
          connection = "mysql://app:«tf-local-url»@db.internal/app"
        }
        resource "hcloud_server" "web" {
          name      = "web1"
          user_data = <<-EOT
            #!/bin/sh
            export API_TOKEN=«tf-user-data»
            echo ${var.db_password} > /root/pw
          EOT
          labels = { secret_token = "«tf-label»" }
        }
        resource "aws_db_instance" "main" {
          identifier = "main"
          password   = "«tf-argument»"
          username   = "app"
        }
        resource "kubernetes_secret" "app" {
          data = { password = "«tf-map»", plain = sensitive("«tf-sensitive»") }
        }
        output "password" {
          value     = var.db_password
          sensitive = true
        }
        output "connection" {
          value = local.connection
        }
        """,
    "terraform/terraform.tfvars": 'db_password = "«tf-tfvars»"\n',
}
CI = {
    ".github/workflows/deploy.yml": """
        name: Deploy
        on: {push: {branches: [main]}}
        env: {DEPLOY_TOKEN: «ci-env»}
        jobs:
          deploy:
            runs-on: ubuntu-latest
            env: {DATABASE_URL: "postgres://ci:«ci-job-url»@db.example.com/app"}
            steps:
              - run: |
                  curl -u ci:«ci-run-user» https://api.example.com
                  ansible-playbook site.yml -e "db_password=«ci-extra-vars»"
                  terraform -chdir=terraform apply -var 'db_password=«ci-tf-var»'
              - uses: acme/deploy@v1
                with: {token: «ci-with», password: «ci-with-password»}
        """,
    ".gitlab-ci.yml": """
        variables: {API_KEY: «gitlab-variable»}
        stages: [deploy]
        deploy:
          stage: deploy
          variables: {DB_PASSWORD: «gitlab-job»}
          script:
            - docker login -u ci -p «gitlab-script» registry.example.com
            - ansible-playbook site.yml --extra-vars "token=«gitlab-extra»"
        """,
}
PLAIN = {
    "mkdocs.yml": "site_name: Docs\n",
    "monitoring/docker-compose.yml": """
        services:
          db:
            image: postgres:16
            environment: {POSTGRES_PASSWORD: «plain-compose»}
          web:
            image: nginx
            environment: {UPSTREAM_URL: "http://u:«plain-url»@db:5432"}
        """,
    "monitoring/prometheus.yml": """
        scrape_configs:
          - {job_name: a, basic_auth: {password: «plain-prom»}, static_configs: [{targets: ["web:9100"]}]}
        """,
}


def files(texts: Mapping[str, str] | None = None) -> dict[str, str]:
    """A repository (the one of this module unless said otherwise), the canaries in their places."""

    def planted(found: re.Match[str]) -> str:
        kind, _, _ = (place := found[1]).partition("-")
        if kind == "HEX" and texts is None:
            return _hex(place)
        if kind in _FORMS:
            number = len(CANARIES) + 1
            return CANARIES.setdefault(place, _FORMS[kind].format(number))
        return _canary(place)

    made = texts or {**ANSIBLE, **TERRAFORM, **CI, **PLAIN}
    return {path: _PLACE.sub(planted, textwrap.dedent(text).lstrip("\n")) for path, text in made.items()}
