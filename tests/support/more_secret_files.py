"""A second repository full of canaries: the places that people use and that no list of credentials names.

Written as ``secret_files`` is: ``«place»`` is a canary of letters and digits, ``«UUID-place»`` one with the form of
a UUID, ``«HEX-place»`` 32 hexadecimal digits.
"""

from __future__ import annotations

ANSIBLE = {
    "ansible.cfg": """
        [defaults]
        inventory = inventory
        [galaxy]
        server_list = hub
        [galaxy_server.hub]
        url = https://hub.example.com/
        token = «cfg-token»
        """,
    "inventory/hosts.yml": """
        all:
          vars:
            ansible_become_password: «yaml-become»
            registry: {url: registry.example.com, username: ci, pass: «yaml-nested-pass»}
          children:
            app:
              hosts:
                app1:
                  ansible_host: 10.1.0.1
                  ansible_ssh_pass: «yaml-ssh-pass»
                  snmp_community_secret: «yaml-snmp»
                  wireguard_private_key: «wg-key»0aaaaaaaaaaaaaaaaaaaaaaaa=
        """,
    "inventory/hcloud.yml": "plugin: hetzner.hcloud.hcloud\napi_token: «plugin-token»\nnetwork: internal\n",
    "inventory/group_vars/app.yml": """
        users:
          - {name: ann, password: «var-list-password», groups: [docker]}
        env:
          - {name: STRIPE_KEY, value: «var-name-value»}
          - {key: SESSION_SECRET, value: «var-key-value»}
        telegram_url: https://api.telegram.org/bot123456789:AA«var-telegram»aaaaaaaaaaaaaaaaaaaaaa/sendMessage
        discord: https://discord.com/api/webhooks/112233445566/«var-discord»-abc_def
        status_ping: https://hc-ping.com/«UUID-ping»
        teams: https://acme.webhook.office.com/webhookb2/«UUID-teams»@«UUID-teams2»/IncomingWebhook/«HEX-teams»/«UUID-teams3»
        kuma: https://status.example.com/api/push/«var-kuma»?status=up&msg=OK
        sentry_url: https://«HEX-sentry»@o1.ingest.sentry.io/42
        signed: https://files.example.com/a.tar?X-Amz-Signature=«HEX-signed»&X-Amz-Credential=«var-amz»
        sas: "https://acme.blob.core.windows.net/x?sv=2022&sig=«var-sas»%3D"
        query: https://api.example.com/v1/items?limit=5&key=«var-query-key»
        clone_url: https://oauth2:«var-clone»@git.example.com/acme/app.git
        token_user_url: https://«var-user-token»:x-oauth-basic@github.com/acme/app.git
        zapier: https://hooks.zapier.com/hooks/catch/12345/«var-zapier»/
        ntfy: https://ntfy.example.com/alerts?auth=«var-ntfy»
        vault_app_secret: «var-vault-prefix»
        jwt: eyJhbGciOiJIUzI1NiJ9.eyJzdWIi«var-jwt».c2ln«var-jwt-sign»
        tls_key: |
          -----BEGIN RSA PRIVATE KEY-----
          MIIEow«var-tls-key»IBAAKCAQEA
          -----END RSA PRIVATE KEY-----
        """,
    "inventory/host_vars/app1/main.yml": "restic_password: «host-restic»\nborg_passphrase: '«host-borg»'\ngrafana_admin_pw: «host-pw»\n",
    "play.yml": """
        - name: Configure
          hosts: app
          environment:
            AWS_SECRET_ACCESS_KEY: «play-environment»
          vars_prompt: [{name: pin, default: «prompt-default», private: true}]
          tasks:
            - name: Container with a list
              containers.podman.podman_container:
                name: api
                image: docker.io/acme/api:2
                env: {SECRET: «podman-env», LICENSE_KEY: «podman-license»}
                command: ["api", "--redis-password", "«podman-command»"]
                labels: {com.acme.api-token: «podman-label»}
            - name: Plain run
              ansible.builtin.shell: >-
                docker run -d --name worker -e "PGPASSWORD=«run-quoted»" --env=SMTP_PASS=«run-equals»
                -l token=«run-label» acme/worker:1 --auth «run-auth» --db mysql://u:«run-url»@db.internal/app
            - name: Unit
              ansible.builtin.copy:
                dest: /etc/systemd/system/agent.service
                content: |
                  [Service]
                  Environment=AGENT_TOKEN=«unit-token»
                  Environment=AGENT_URL=https://agent:«unit-url»@collector.example.com
                  ExecStart=/usr/bin/agent -k «unit-short» --secret=«unit-secret»
            - name: Key of a deployment
              ansible.builtin.copy:
                dest: /home/deploy/.ssh/id_ed25519
                content: |
                  -----BEGIN OPENSSH PRIVATE KEY-----
                  b3BlbnNzaC1rZXk«copy-key»
                  -----END OPENSSH PRIVATE KEY-----
            - name: Machine
              ansible.builtin.copy: {dest: /root/.netrc, content: "machine api.example.com login bot password «netrc»"}
            - name: Users of the proxy
              ansible.builtin.copy: {dest: /etc/nginx/.htpasswd, content: "ann:$apr1$abcdefgh$«htpasswd-file»aaaaaaaa"}
            - name: User of the proxy
              community.general.htpasswd: {path: /etc/nginx/.htpasswd, name: ann, password: «htpasswd-module»}
            - name: Tunnel
              ansible.builtin.copy:
                dest: /etc/wireguard/wg0.conf
                content: |
                  [Interface]
                  Address = 10.9.0.1/24
                  PrivateKey = «wg-private»aaaaaaaaaaaaaaaaaaaaaaaaaa=
                  [Peer]
                  PublicKey = aGVsbG8gdGhpcyBpcyBhIHB1YmxpYyBrZXkhIQ000000=
                  PresharedKey = «wg-preshared»aaaaaaaaaaaaaaaaaaaaaaa=
                  Endpoint = vpn.example.com:51820
            - name: Ping
              ansible.builtin.cron:
                name: ping
                minute: "5"
                job: curl -fsS "https://hc-ping.com/«UUID-cron»" && wget -qO- "https://api.example.com/run?token=«cron-query»"
            - name: Variable of cron
              ansible.builtin.cron: {name: BORG_PASSPHRASE, env: true, job: «cron-env»}
            - name: Line
              ansible.builtin.lineinfile: {path: /etc/environment, regexp: "^API_KEY=", line: "API_KEY=«line-key»"}
            - name: Notify
              community.general.slack: {token: T00/B00/«slack-module», msg: done}
            - name: Mail
              community.general.mail: {host: smtp.example.com, username: bot, password: «mail-module», to: ops@example.com}
            - name: Bucket
              amazon.aws.s3_object: {bucket: b, object: o, mode: put, secret_key: «s3-module», access_key: AKIA«UPPER16-s3»}
            - name: Sync
              ansible.builtin.command:
                argv: [rclone, sync, /srv, "remote:b", --s3-secret-access-key, «argv-option»]
            - name: Repository
              ansible.builtin.git: {repo: "https://x-access-token:«git-url»@github.com/acme/app.git", dest: /srv/app}
            - name: Login
              community.docker.docker_login: {registry: r.example.com, username: ci, password: «docker-login»}
            - name: Said aloud
              ansible.builtin.debug: {msg: "password=«debug-msg»"}
            - name: When
              ansible.builtin.command: /bin/true
              when: api_token == "«when-literal»"
            - name: Facts in a loop
              ansible.builtin.command: "register --token {{ item.token }}"
              loop: [{name: a, token: «loop-token»}]
            - name: Swarm
              ansible.builtin.command: docker swarm join --token SWMTKN-1-«swarm-token» 10.1.0.1:2377
            - name: Kubernetes
              ansible.builtin.command: kubeadm join 10.1.0.1:6443 --token abcdef.«kubeadm» --discovery-token-ca-cert-hash sha256:00
            - kubernetes.core.k8s: {definition: {kind: Secret, metadata: {name: s}, stringData: {anything: «k8s-data»}}}
            - community.general.ini_file: {path: /etc/a.ini, section: x, option: api_token, value: «ini-file»}
            - ansible.builtin.shell: echo "«echo-file»" > /etc/app/secret_token
            - ansible.builtin.shell: echo '«echo-tee»' | tee /run/secrets/db_password
            - ansible.builtin.uri: {url: "https://x.example.com", headers: {Cookie: "session=«uri-cookie»"}}
            - ansible.builtin.shell: "psql app -c \"ALTER USER x WITH PASSWORD '«sql-password»'\""
            - ansible.builtin.shell: mysql -e "CREATE USER 'a'@'%' IDENTIFIED BY '«sql-identified»'"
            - ansible.builtin.shell: "openssl enc -aes-256-cbc -k «openssl» -in a; rabbitmqctl add_user app «rabbit»"
            - ansible.builtin.command: "curl -H 'Cookie: sid=«curl-cookie»' -d 'password=«curl-data»' https://x.example.com"
            - ansible.builtin.command: "aws ssm put-parameter --name x --type SecureString --value «ssm-value»"
            - ansible.builtin.command: "ssh-keygen -N '«keygen»' -f /root/k"
            - ansible.builtin.command: "smbclient //s/x -U ann%«smb»"
            - {name: "Runs with --password=«task-name»", ansible.builtin.ping: , notify: "Reload token=«notified»"}
            - ansible.builtin.shell: "mongosh -u ann -p «mongosh»; ldapsearch -x -D cn=a -w «ldapsearch»; vault login «vault»"
            - ansible.builtin.command: "useradd -p «useradd» ann"
            - cisco.ios.ios_config: {lines: ["enable secret 5 «ios-enable»", "snmp-server community «ios-snmp» ro"]}
            - name: Tailscale
              ansible.builtin.command: tailscale up --authkey=«tailscale»
            - name: Restic
              ansible.builtin.shell: |
                export RESTIC_PASSWORD='«export-restic»'
                restic -r sftp:backup@b.example.com:/r backup /srv
            - ansible.builtin.template: {src: app/compose.yml.j2, dest: /opt/app/compose.yml}
            - ansible.builtin.template: {src: app/site.conf.j2, dest: /etc/nginx/sites-enabled/site.conf}
            - ansible.builtin.template: {src: app/prometheus.yml.j2, dest: /etc/prometheus/prometheus.yml}
            - ansible.builtin.template: {src: app/alertmanager.yml.j2, dest: /etc/alertmanager/alertmanager.yml}
            - ansible.builtin.template: {src: app/ds.yml.j2, dest: /etc/grafana/provisioning/datasources/ds.yml}
            - ansible.builtin.template: {src: app/contact.yml.j2, dest: /etc/grafana/provisioning/alerting/contact.yml}
            - ansible.builtin.template: {src: app/promtail.yml.j2, dest: /etc/promtail/config.yml}
            - ansible.builtin.template: {src: app/borgmatic.yml.j2, dest: /etc/borgmatic/config.yaml}
            - ansible.builtin.template: {src: app/jail.local.j2, dest: /etc/fail2ban/jail.local}
            - ansible.builtin.template: {src: app/traefik.yml.j2, dest: /etc/traefik/traefik.yml}
            - ansible.builtin.template: {src: app/Caddyfile.j2, dest: /etc/caddy/Caddyfile}
            - ansible.builtin.template: {src: app/crontab.j2, dest: /etc/cron.d/jobs}
            - ansible.builtin.template: {src: app/otel.yml.j2, dest: /etc/otelcol-contrib/config.yaml}
        """,
    "templates/app/compose.yml.j2": """
        services:
          web:
            image: acme/web:1
            build: {context: https://u:«compose-build»@git.example.com/x.git, args: {NPM_TOKEN: «compose-arg»}}
            environment:
              MINIO_ROOT_PASSWORD: «compose-minio»
              CELERY_BROKER_URL: redis://:«compose-redis»@cache:6379/0
              SENTRY_DSN: https://«HEX-dsn»@sentry.example.com/1
              DISCORD_WEBHOOK: https://discord.com/api/webhooks/1/«compose-discord»
              JDBC: jdbc:postgresql://db:5432/app?user=app&password=«compose-jdbc»
              HEARTBEAT: https://uptime.betterstack.com/api/v1/heartbeat/«compose-heartbeat»
              APP_KEY: base64:«compose-app-key»aaaaaaaaaaaaaaaaaaaaaaa=
            labels:
              traefik.http.middlewares.h.headers.customrequestheaders.X-Api-Key: «compose-header-label»
              homepage.widget.key: «compose-widget»
            command: --api.token «compose-token» --url http://cache:6379
            healthcheck: {test: ["CMD", "curl", "-H", "X-Auth-Token: «compose-health»", "http://localhost/h?token=«compose-health-query»"]}
            logging: {driver: splunk, options: {splunk-token: «compose-splunk», splunk-url: "https://s.example.com"}}
          cache:
            image: redis:7
            command: redis-server --requirepass «compose-requirepass»
            healthcheck: {test: "redis-cli -a «compose-redis-cli» ping"}
          db:
            image: postgres:16
            entrypoint: ["sh", "-c", "POSTGRES_PASSWORD=«compose-entry» exec docker-entrypoint.sh postgres"]
        secrets:
          app: {environment: APP, content: «compose-secret-content»}
        configs:
          ini: {content: "db_password=«compose-config-content»"}
        """,
    "templates/app/site.conf.j2": """
        upstream app { server 10.1.0.2:8080; }
        server {
          server_name app.example.com;
          location / {
            proxy_set_header X-Api-Key «nginx-x-api-key»;
            proxy_set_header Authorization "Basic «nginx-basic»";
            proxy_pass http://app/;
          }
          location /hook { proxy_pass https://api.example.com/in?secret=«nginx-query»; }
        }
        """,
    "templates/app/prometheus.yml.j2": """
        scrape_configs:
          - job_name: query
            metrics_path: /m?key=«prom-path-query»
            static_configs: [{targets: ["10.1.0.1:9100"], labels: {api_key: «prom-label»}}]
          - job_name: params
            params: {token: ["«prom-params»"], module: [http_2xx]}
            static_configs: [{targets: ["https://u:«prom-target»@app.example.com/?key=«prom-target-query»"]}]
            relabel_configs: [{target_label: __address__, replacement: "10.1.0.1:9115"}]
          - job_name: api
            consul_sd_configs: [{server: "consul.example.com:8500", token: «prom-consul»}]
            http_sd_configs: [{url: "https://sd.example.com/t?token=«prom-http-sd»"}]
        remote_write:
          - {url: "https://m.example.com/push?api_key=«prom-remote-query»", headers: {X-Scope-Token: «prom-remote-header»}}
        """,
    "templates/app/alertmanager.yml.j2": """
        route: {receiver: all}
        receivers:
          - name: all
            discord_configs: [{webhook_url: "https://discord.com/api/webhooks/9/«am-discord»"}]
            msteams_configs: [{webhook_url: "https://prod.logic.azure.com/workflows/x?sig=«am-teams»"}]
            victorops_configs: [{api_key: «am-victorops», routing_key: «am-victorops-route»}]
            sns_configs: [{topic_arn: "arn:aws:sns:eu-1:1:t", sigv4: {access_key: A1, secret_key: «am-sns»}}]
            wechat_configs: [{api_secret: «am-wechat», corp_id: c}]
            webex_configs: [{room_id: r, http_config: {authorization: {credentials: «am-webex»}}}]
            email_configs: [{to: ops@example.com, smarthost: "smtp.example.com:587", auth_username: a, auth_password: «am-email»}]
            webhook_configs:
              - url: https://api.telegram.org/bot987654321:AA«am-telegram-url»aaaaaaaaaaaaaaaaaaa/sendMessage
              - url: https://alerts.example.com/v2/«am-path-token»/in
              - url: https://maker.ifttt.com/trigger/alert/with/key/«am-ifttt»
        """,
    "templates/app/ds.yml.j2": """
        datasources:
          - {name: influx, type: influxdb, url: "http://influx:8086?token=«ds-query»", jsonData: {httpHeaderName1: Authorization}, secureJsonData: {httpHeaderValue1: "Token «ds-header»"}}
          - {name: es, type: elasticsearch, url: "https://elastic:«ds-url»@es.example.com:9200", basicAuthPassword: «ds-basic»}
        """,
    "templates/app/contact.yml.j2": """
        contactPoints:
          - name: ops
            receivers:
              - {uid: a, type: slack, settings: {url: "https://hooks.slack.com/services/T1/B1/«contact-slack»"}}
              - {uid: b, type: telegram, settings: {bottoken: «contact-telegram», chatid: "5"}}
              - {uid: c, type: pagerduty, settings: {integrationKey: «contact-pagerduty»}}
        """,
    "templates/app/promtail.yml.j2": """
        clients: [{url: "https://1234:«promtail-url»@logs.example.com/loki/api/v1/push", bearer_token: «promtail-bearer»}]
        scrape_configs: [{job_name: system, static_configs: [{targets: [localhost], labels: {__path__: "/var/log/*log"}}]}]
        """,
    "templates/app/borgmatic.yml.j2": """
        source_directories: [/srv]
        repositories: [{path: "ssh://u1:«bm-url»@u1.example.com:23/./r"}]
        encryption_passcommand: echo «bm-passcommand»
        ntfy: {topic: t, access_token: «bm-ntfy»}
        uptime_kuma: {push_url: "https://kuma.example.com/api/push/«bm-kuma»"}
        cronhub: {ping_url: "https://cronhub.io/start/«UUID-bm-cronhub»"}
        mariadb_databases: [{name: all, password: «bm-mariadb», restore_password: «bm-restore»}]
        commands: [{before: action, run: ["curl -H 'Authorization: Bearer «bm-header»' https://x.example.com"]}]
        """,
    "templates/app/jail.local.j2": """
        [sshd]
        enabled = true
        action = cloudflare[cfuser="ops@example.com", cftoken="«jail-token»"]
        """,
    "templates/app/traefik.yml.j2": """
        certificatesResolvers: {le: {acme: {email: ops@example.com, dnsChallenge: {provider: cloudflare}, eab: {kid: k, hmacEncoded: «traefik-eab»}}}}
        providers: {consul: {endpoints: ["https://u:«traefik-consul»@consul.example.com"], token: «traefik-token»}}
        """,
    "templates/app/Caddyfile.j2": """
        app.example.com {
          tls { dns cloudflare «caddy-dns» }
          reverse_proxy https://ops:«caddy-url»@10.1.0.9
        }
        """,
    "templates/app/crontab.j2": """
        MAILTO=ops@example.com
        AWS_SECRET_ACCESS_KEY="«crontab-aws»"
        0 2 * * * root BORG_PASSPHRASE='«crontab-borg»' borg create ssh://b@b.example.com/./r::x /srv
        5 2 * * * root curl -s -X POST https://api.telegram.org/bot55555555:AA«crontab-telegram»aaaaaaaaaaaaaaa/sendMessage
        10 2 * * * root kopia snapshot create /srv --password «crontab-kopia»
        """,
    "templates/app/otel.yml.j2": """
        receivers: {otlp: {}}
        exporters:
          datadog: {api: {key: «otel-datadog»}}
          otlp/hc: {endpoint: "https://api.honeycomb.io:443", headers: {x-honeycomb-team: «otel-honeycomb»}}
          splunk_hec: {token: «otel-splunk», endpoint: "https://splunk.example.com:8088"}
        service: {pipelines: {traces: {receivers: [otlp], exporters: [datadog, otlp/hc, splunk_hec]}}}
        """,
}
TERRAFORM = {
    "infra/main.tf": """
        variable "db_pass" { type = string }
        variable "settings" {
          type    = map(string)
          default = { smtp_password = "«tf-map-default»", region = "eu" }
        }
        variable "hook" { default = "https://hooks.slack.com/services/T2/B2/«tf-slack»" }
        resource "doppler_secret" "one" {
          project = "p"
          config  = "dev"
          name    = "ONE"
          value   = "«tf-doppler»"
        }
        resource "azurerm_app_configuration_key" "one" {
          key   = "one"
          value = "«tf-appconfig»"
        }
        resource "heroku_config" "one" {
          vars           = { LOG_LEVEL = "info" }
          sensitive_vars = { ANY = "«tf-heroku»" }
        }
        resource "hcloud_server" "app" {
          name        = "app1"
          server_type = "cx22"
          image       = "debian-12"
          user_data   = <<-EOT
            #cloud-config
            chpasswd: {list: "root:«ci-chpasswd»"}
            users: [{name: ann, passwd: "$6$saltsalt$«ci-passwd»aaaaaaaaaaaaaaa", plain_text_passwd: «ci-plain»}]
            write_files:
              - path: /etc/app.env
                content: |
                  API_TOKEN=«ci-write-file»
                  DATABASE_URL=postgres://app:«ci-url»@db/app
            runcmd:
              - curl -sfL https://get.k3s.io | K3S_TOKEN=«ci-k3s» sh -
              - tailscale up --auth-key «ci-tailscale»
          EOT
          connection {
            type     = "ssh"
            password = "«tf-connection»"
          }
          provisioner "local-exec" {
            command     = "curl -H 'X-Auth-Token: «tf-local-exec»' https://api.example.com/x?token=«tf-local-query»"
            environment = { ADMIN_PASSWORD = "«tf-local-env»" }
          }
          provisioner "remote-exec" {
            inline = ["docker login -u ci -p «tf-remote-exec» r.example.com", "mysql -u root -p'«tf-remote-mysql»' -e 'select 1'"]
          }
        }
        resource "null_resource" "p" {
          triggers = { token = "«tf-trigger»" }
        }
        resource "helm_release" "g" {
          name   = "g"
          chart  = "grafana"
          repository_password = "«tf-helm-repo»"
          values = [yamlencode({ adminPassword = "«tf-helm-values»" })]
          set {
            name  = "grafana.adminPassword"
            value = "«tf-helm-set»"
          }
          set_sensitive {
            name  = "anything"
            value = "«tf-helm-sensitive»"
          }
        }
        resource "aws_lambda_function" "f" {
          function_name = "f"
          environment { variables = { STRIPE_SECRET = "«tf-lambda»", DATABASE_URL = "mysql://a:«tf-lambda-url»@h/x" } }
        }
        resource "aws_ecs_task_definition" "t" {
          family                = "t"
          container_definitions = jsonencode([{ name = "c", image = "i", environment = [{ name = "DB_PASSWORD", value = "«tf-ecs»" }] }])
        }
        resource "aws_rds_cluster" "c" {
          cluster_identifier = "c"
          master_password    = "«tf-rds»"
        }
        resource "tls_self_signed_cert" "c" {
          private_key_pem = "«tf-pem»"
        }
        resource "random_password" "p" {
          length  = 16
          keepers = { x = "y" }
        }
        resource "cloudflare_zero_trust_tunnel_cloudflared" "t" {
          name   = "t"
          tunnel_secret = "«tf-tunnel»"
        }
        resource "vault_kv_secret_v2" "s" {
          mount     = "kv"
          name      = "s"
          data_json = jsonencode({ a = "«tf-vault-json»" })
        }
        resource "kubernetes_config_map" "m" {
          metadata { name = "m" }
          data = { "app.ini" = "[db]\\npassword = «tf-configmap»\\n" }
        }
        resource "grafana_contact_point" "c" {
          name = "c"
          slack { url = "https://hooks.slack.com/services/T3/B3/«tf-contact»" }
        }
        resource "grafana_data_source" "d" {
          name                     = "d"
          type                     = "mysql"
          secure_json_data_encoded = jsonencode({ x = "«tf-grafana-secure»" })
        }
        resource "aws_iam_user_login_profile" "u" { user = "u" }
        resource "aws_sns_topic_subscription" "s" {
          topic_arn = "arn:aws:sns:eu-1:1:t"
          protocol  = "https"
          endpoint  = "https://u:«tf-sns»@events.example.com/in?token=«tf-sns-query»"
        }
        resource "digitalocean_app" "a" {
          spec {
            name = "a"
            env {
              key   = "API_SECRET"
              value = "«tf-do-env»"
            }
            env {
              key   = "PLAIN"
              value = "«tf-do-secret»"
              type  = "SECRET"
            }
          }
        }
        resource "aws_instance" "packed" {
          ami              = "ami-1"
          instance_type    = "t3.micro"
          user_data_base64 = base64encode("#!/bin/sh\\nexport API_TOKEN=«tf-packed»\\nsystemctl enable --now app\\n")
        }
        resource "kubectl_manifest" "m" {
          yaml_body = "kind: Secret\\nstringData:\\n  anything: «tf-manifest-text»\\n"
        }
        resource "kubernetes_manifest" "m" {
          manifest = { kind = "Secret", stringData = { anything = "«tf-manifest»" } }
        }
        resource "vultr_instance" "v" {
          user_data = "export TOKEN=«tf-vultr»"
        }
        resource "aws_mq_broker" "q" {
          broker_name = "q"
          user {
            username = "u"
            password = "«tf-mq»"
          }
        }
        resource "postgresql_role" "r" {
          name     = "r"
          password = "«tf-pg-role»"
        }
        resource "datadog_webhook" "w" {
          name           = "w"
          url            = "https://api.example.com/h?api_key=«tf-dd-url»"
          custom_headers = jsonencode({ Authorization = "Bearer «tf-dd-header»" })
        }
        data "http" "d" {
          url             = "https://api.example.com/x?apikey=«tf-http-query»"
          request_headers = { X-Api-Key = "«tf-http-header»" }
        }
        module "m" {
          source     = "git::https://oauth2:«tf-module-source»@git.example.com/x.git"
          db_secret  = "«tf-module-arg»"
        }
        provider "postgresql" {
          host     = "db.example.com"
          password = "«tf-provider-password»"
        }
        check "c" {
          assert {
            condition     = var.db_pass != "«tf-check»"
            error_message = "no"
          }
        }
        output "dsn" { value = "postgres://a:«tf-output»@h/x" }
        """,
    "infra/terraform.tfvars": 'db_pass = "«tf-tfvars-pass»"\nsettings = { smtp_password = "«tf-tfvars-map»", region = "eu" }\n',
    "infra/x.auto.tfvars.json": '{"hook": "https://hooks.slack.com/services/T4/B4/«tf-json-hook»"}\n',
}
CI = {
    ".github/workflows/ship.yml": """
        name: Ship
        on:
          push: {branches: [main]}
          workflow_dispatch: {inputs: {token: {default: «ci-input»}}}
        jobs:
          ship:
            runs-on: ubuntu-latest
            environment: {name: prod, url: "https://u:«ci-env-url»@app.example.com/?token=«ci-env-query»"}
            container: {image: acme/ci:1, credentials: {username: a, password: «ci-container»}, env: {API_TOKEN: «ci-container-env»}}
            services: {db: {image: "postgres:16", env: {POSTGRES_PASSWORD: «ci-service»}}}
            strategy: {matrix: {include: [{name: a, api_token: «ci-matrix»}]}}
            if: github.event.inputs.token == '«ci-if-token»'
            steps:
              - name: curl -u a:«ci-step-name»
                env: {SLACK_WEBHOOK: "https://hooks.slack.com/services/T/B/«ci-step-slack»"}
                run: |
                  echo «ci-echo» | docker login --password-stdin -u a r.example.com
                  export TF_VAR_db_pass=«ci-tf-var-env»
                  terraform -chdir=infra apply -var="db_pass=«ci-quoted-var»"
                  ansible-playbook -i inventory play.yml -e '{"db_password": "«ci-json-extra»"}' --vault-password-file <(echo «ci-vault»)
                  sshpass -p '«ci-sshpass»' ssh a@b
                  helm upgrade a ./a --set auth.password=«ci-helm»
                  kubectl create secret generic a --from-literal=k=«ci-literal»
                  gh secret set TOKEN --body «ci-secret-set»
                  aws configure set aws_secret_access_key «ci-aws»
          call:
            uses: ./.github/workflows/called.yml
            with: {api_key: «ci-call-with»}
            secrets: {TOKEN: «ci-call-secret»}
        """,
    ".github/workflows/called.yml": """
        on: {workflow_call: {inputs: {api_key: {type: string}}}}
        jobs: {a: {runs-on: x, steps: [{run: "true"}]}}
        """,
    ".gitlab-ci.yml": """
        stages: [deploy]
        default: {before_script: ["echo '«gl-stdin»' | docker login --password-stdin r.example.com"]}
        deploy:
          stage: deploy
          image: {name: acme/ci, entrypoint: [""]}
          environment: {name: prod, url: "https://a:«gl-env»@app.example.com?key=«gl-env-query»"}
          rules: [{if: '$CI_TOKEN == "«gl-rule»"'}]
          trigger: {include: []}
          variables: {SECRET_VALUE: {value: «gl-described», description: x}}
          script: ["helm upgrade x . --set db.password=«gl-helm»", "wget --password=«gl-wget» https://x.example.com"]
        """,
    "Makefile": """
        TOKEN = «make-token»
        deploy:
        \tansible-playbook play.yml -e api_token=«make-extra»
        \tterraform -chdir=infra apply -var 'db_pass=«make-var»'
        """,
    "deploy.sh": """
        #!/bin/sh
        export DB_PASSWORD=«script-export»
        ansible-playbook play.yml --extra-vars "db_password=«script-extra»"
        """,
}
PLAIN = {
    "mkdocs.yml": "site_name: Docs\n",
    "stack/docker-compose.yml": """
        services:
          a:
            image: acme/a
            env_file: [a.env]
            environment: ["TOKEN=«stack-token»", "REDIS=redis://default:«stack-redis»@r:6379"]
            labels: ["traefik.http.middlewares.a.basicauth.users=u:$$2y$$05$$«stack-label»aaaaaaaaaaaa"]
          r: {image: "redis:7", command: ["redis-server", "--requirepass", "«stack-requirepass»"]}
        """,
    "stack/a.env": "SMTP_URL=smtp://u:«env-file-url»@mail.example.com:587\nADMIN_PASS=«env-file-pass»\nMAILGUN=key-«HEX-mailgun»\n",
    "stack/alertmanager.yml": """
        receivers: [{name: x, webhook_configs: [{url: "https://discordapp.com/api/webhooks/2/«stack-discord»"}]}]
        route: {receiver: x}
        """,
}


def texts() -> dict[str, str]:
    """The files with their places, as they are written here."""
    return {**ANSIBLE, **TERRAFORM, **CI, **PLAIN}
