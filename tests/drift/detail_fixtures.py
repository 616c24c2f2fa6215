"""A repository with a little of everything, edits of single values in it, and the same things in other words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from mutations import Edit, Mutation, add, both, cut, delete, each_line, sub, swap

DETAILS = {
    "infra/main.tf": """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "app" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_instance" "app" {
  ami           = "ami-1"
  instance_type = "t3.small"
  subnet_id     = aws_subnet.app.id
  tags = {
    Name = "app"
  }
}

resource "aws_db_instance" "main" {
  identifier              = "main"
  engine                  = "postgres"
  backup_retention_period = 7
}

resource "aws_cloudwatch_event_rule" "nightly" {
  name                = "nightly"
  schedule_expression = "cron(0 3 * * ? *)"
}

resource "aws_route53_record" "www" {
  zone_id = "Z1"
  name    = "www.example.org"
  type    = "A"
  ttl     = 300
  records = ["192.0.2.10"]
}

resource "aws_iam_role" "app" {
  name = "app"
  assume_role_policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "app" {
  role = aws_iam_role.app.id
  policy = jsonencode({
    Statement = [{ Effect = "Allow", Action = ["s3:GetObject"], Resource = "arn:aws:s3:::files/*" }]
  })
}

resource "aws_sns_topic_subscription" "pager" {
  topic_arn = aws_sns_topic.alerts.arn
  protocol  = "https"
  endpoint  = "https://pager.example.org/hook"
}

resource "aws_sns_topic" "alerts" {
  name = "alerts"
}
""".lstrip(),
    "infra/logs.tf.json": '{"resource": {"aws_s3_bucket": {"logs": {"bucket": "logs"}}}}\n',
    "ansible/hosts": """
[web]
web1.example.org
web2.example.org

[db]
db1.example.org

[db:vars]
listen_port=5432

[web:vars]
certbot_create_method=standalone
""".lstrip(),
    "ansible/site.yml": """
- name: Set up web servers
  hosts: web,db
  become: true
  vars:
    app_port: 8080
  roles:
    - role: geerlingguy.certbot
      certbot_admin_email: ops@example.org
    - app
  tasks:
    - name: Open the port
      ufw:
        rule: allow
        port: "{{ app_port }}"
    - command: uptime
""".lstrip(),
    "ansible/requirements.yml": "roles:\n  - name: geerlingguy.certbot\n    version: 5.1.0\n",
    "ansible/roles/app/tasks/main.yml": """
- name: Install programs
  apt: name=nginx,redis-server state=present
- name: Configure nginx
  ansible.builtin.template:
    src: site.conf.j2
    dest: "/etc/nginx/sites-enabled/{{ app_name }}.conf"
  notify: Restart nginx
- name: Copy the unit
  copy:
    src: report.timer
    dest: /etc/systemd/system/report.timer
- name: Copy the service
  copy:
    src: report.service
    dest: /etc/systemd/system/report.service
- name: Start the timer
  systemd:
    name: report.timer
    enabled: yes
    state: started
- name: Dump the database
  cron:
    name: dump
    hour: "3"
    minute: "15"
    job: pg_dump app > /var/backups/app.sql
- name: Run the application
  docker_container:
    name: app
    image: example/app:1.0
    env:
      DATABASE_HOST: db1.example.org
    ports: ["8080:8080"]
  when: app_enabled | bool
""".lstrip(),
    "ansible/roles/app/defaults/main.yml": "app_name: app\napp_enabled: true\n",
    "ansible/roles/app/handlers/main.yml": """
- name: Restart nginx
  service: name=nginx state=restarted
- name: Reload systemd
  systemd:
    daemon_reload: true
""".lstrip(),
    "ansible/roles/app/files/report.timer": "[Unit]\nDescription=Report\n[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n",
    "ansible/roles/app/files/report.service": "[Service]\nExecStart=/usr/local/bin/report --to ops@example.org\n",
    "ansible/roles/app/templates/site.conf.j2": """
server {
  listen 80;
  server_name {{ app_name }}.example.org;
  location / {
    proxy_pass http://127.0.0.1:8080;
  }
}
""".lstrip(),
    "stack/compose.yml": """
services:
  app:
    image: example/app:1.0
    ports: ["8000:8000"]
    environment:
      QUEUE_URL: amqp://queue:5672
      SEARCH: http://search:9200
    networks: [back]
    volumes:
      - files:/srv/files
    restart: always
  queue:
    image: rabbitmq:4
    networks: [back]
  search:
    image: opensearchproject/opensearch:3
    networks: [back]
  alertmanager:
    image: prom/alertmanager:v0.28.0
    networks: [back]
    volumes:
      - ./alertmanager.yml:/etc/alertmanager/alertmanager.yml
networks:
  back:
    ipam:
      config:
        - subnet: 172.20.0.0/16
volumes:
  files:
""".lstrip(),
    "stack/alertmanager.yml": """
route:
  receiver: team
receivers:
  - name: team
    email_configs:
      - to: team@example.org
""".lstrip(),
    ".travis.yml": """
language: python
stages: [test, deploy]
jobs:
  include:
    - stage: test
      script: terraform -chdir=infra validate
    - stage: deploy
      script: ansible-playbook -i ansible/hosts ansible/site.yml
""".lstrip(),
    ".gitlab-ci.yml": """
include:
  - local: ci/lint.yml
  - project: platform/templates
    file: deploy.yml
    ref: v1

plan:
  image: hashicorp/terraform:1.9
  script:
    - terraform -chdir=infra plan
  rules:
    - if: $CI_COMMIT_BRANCH == "main"
""".lstrip(),
    "ci/lint.yml": "lint:\n  script:\n    - terraform -chdir=infra fmt -check\n",
    ".github/workflows/nightly.yml": """
name: Nightly
on:
  schedule:
    - cron: "0 3 * * *"
jobs:
  drift:
    runs-on: ubuntu-24.04
    environment: production
    steps:
      - uses: actions/checkout@v5
      - name: Plan it
        run: terraform -chdir=infra plan
""".lstrip(),
}  # fmt: skip

MAIN, TASKS, SITE = "infra/main.tf", "ansible/roles/app/tasks/main.yml", "ansible/site.yml"
STACK, NIGHTLY = "stack/compose.yml", ".github/workflows/nightly.yml"


def split(path: str, first: str, before: str, into: str) -> Edit:
    """Move everything from one text up to another into a file of its own."""

    def edit(root: Path) -> None:
        text = (root / path).read_text()
        start = text.index(first)
        end = text.index(before, start + len(first)) if before else len(text)
        (root / path).write_text(text[:start] + text[end:])
        (root / into).write_text(text[start:end])

    return edit


def full_names(*modules: str) -> Callable[[str], str]:
    """Modules by their full names."""

    def change(line: str) -> str:
        for module in modules:
            line = line.replace(f"  {module}:", f"  ansible.builtin.{module}:", 1)
        return line

    return change


DETAILS_MUTATIONS = (
    # The same in other words
    Mutation("modules by their full names", each_line(TASKS, full_names("apt", "copy", "systemd", "cron"))),
    Mutation("a module of a collection by its full name", both(sub(SITE, "      ufw:\n", "      community.general.ufw:\n"), sub(TASKS, "  docker_container:\n", "  community.docker.docker_container:\n"))),
    Mutation("a module of a task without a name by its full name", sub(SITE, "- command: uptime", "- ansible.builtin.command: uptime")),
    Mutation("a module by its short name", sub(TASKS, "ansible.builtin.template", "template")),
    Mutation("groups of a play in another order", sub(SITE, "hosts: web,db", "hosts: db,web")),
    Mutation("groups of a play with other signs between them", sub(SITE, "hosts: web,db", "hosts: web:db")),
    Mutation("groups of a play as a list", sub(SITE, "hosts: web,db", "hosts: [web, db]")),
    Mutation("expressions without spaces", both(sub(SITE, "{{ app_port }}", "{{app_port}}"), sub(TASKS, "{{ app_name }}", "{{app_name}}"), sub("ansible/roles/app/templates/site.conf.j2", "{{ app_name }}", "{{app_name}}"))),
    Mutation("single quotes", both(*(each_line(path, lambda line: line.replace('"', "'")) for path in (SITE, TASKS, STACK, NIGHTLY)))),
    Mutation("arguments as a mapping", sub(TASKS, "  apt: name=nginx,redis-server state=present\n", "  apt:\n    name: [nginx, redis-server]\n    state: present\n")),
    Mutation("arguments in one line", sub(TASKS, "  copy:\n    src: report.timer\n    dest: /etc/systemd/system/report.timer\n", "  copy: src=report.timer dest=/etc/systemd/system/report.timer\n")),
    Mutation("arguments of a handler as a mapping", sub("ansible/roles/app/handlers/main.yml", "  service: name=nginx state=restarted\n", "  service:\n    name: nginx\n    state: restarted\n")),
    Mutation("yes for true", sub(TASKS, "enabled: yes", "enabled: true")),
    Mutation("become written in another way", sub(SITE, "become: true", "become: yes")),
    Mutation("numbers for texts", sub(TASKS, 'hour: "3"\n    minute: "15"', "hour: 3\n    minute: 15")),
    Mutation("a condition without its filter", sub(TASKS, "when: app_enabled | bool", "when: app_enabled")),
    Mutation("a notification as a list", sub(TASKS, "notify: Restart nginx", "notify:\n    - Restart nginx")),
    Mutation("a role by its key", sub(SITE, "    - app\n", "    - role: app\n")),
    Mutation("variables of a role below vars", sub(SITE, "      certbot_admin_email: ops@example.org\n", "      vars:\n        certbot_admin_email: ops@example.org\n")),
    Mutation("document marks", sub(SITE, "- name: Set up web servers", "---\n- name: Set up web servers")),
    Mutation("half of a Terraform file in another", split(MAIN, 'resource "aws_iam_role" "app"', "", "infra/access.tf")),
    Mutation("blocks in another order", swap(MAIN, r'^resource "aws_\w+" "\w+" {\n.*?^}\n')),
    Mutation("formatted Terraform", each_line(MAIN, lambda line: line.replace("  cidr_block = ", "  cidr_block =    ").replace("instance_type =", "instance_type="))),
    Mutation("blocks in one line", sub(MAIN, 'resource "aws_sns_topic" "alerts" {\n  name = "alerts"\n}\n', 'resource "aws_sns_topic" "alerts" { name = "alerts" }\n')),
    Mutation("a mapping with colons and commas", sub(MAIN, '  tags = {\n    Name = "app"\n  }\n', '  tags = { "Name" : "app" }\n')),
    Mutation("a policy written out", sub(MAIN, 'jsonencode({\n    Statement = [{ Effect = "Allow", Action = ["s3:GetObject"], Resource = "arn:aws:s3:::files/*" }]\n  })', '<<-EOT\n    {"Statement": [{"Effect": "Allow", "Resource": "arn:aws:s3:::files/*", "Action": ["s3:GetObject"]}]}\n  EOT')),
    Mutation("an old way to write a reference", sub(MAIN, "subnet_id     = aws_subnet.app.id", 'subnet_id     = "${aws_subnet.app.id}"')),
    Mutation("JSON as HCL", both(delete("infra/logs.tf.json"), add("infra/logs.tf", 'resource "aws_s3_bucket" "logs" {\n  bucket = "logs"\n}\n'))),
    Mutation("ports without quotes", sub(STACK, '["8000:8000"]', "[8000:8000]")),
    Mutation("ports one below another", sub(STACK, 'ports: ["8000:8000"]', 'ports:\n      - "8000:8000"')),
    Mutation("a volume in the long form", sub(STACK, "      - files:/srv/files\n", "      - type: volume\n        source: files\n        target: /srv/files\n")),
    Mutation("the command of a step in a block", sub(NIGHTLY, "run: terraform -chdir=infra plan", "run: |\n          terraform -chdir=infra plan")),
    Mutation("the machine of a job as a list", sub(NIGHTLY, "    runs-on: ubuntu-24.04\n", "    runs-on: [ubuntu-24.04]\n")),
    Mutation("the name of a step", sub(NIGHTLY, "name: Plan it", "name: See what would change")),
    Mutation("a script as one text", sub(".gitlab-ci.yml", "script:\n    - terraform -chdir=infra plan", "script: terraform -chdir=infra plan")),
    Mutation("a variable that nothing reads", sub("ansible/hosts", "listen_port=5432", "listen_port=5433")),
    # What pages show
    Mutation("a task's name", sub(TASKS, "name: Copy the unit\n", "name: Copy the unit of the report\n"), ("role app", "Copy the unit → Copy the unit of the report")),
    Mutation("the name of a task that is drawn", sub(TASKS, "name: Dump the database\n", "name: Dump it\n"), ("role app", "Dump the database → Dump it")),
    Mutation("tasks in two files", both(split(TASKS, "- name: Dump the database", "- name: Run the application", "ansible/roles/app/tasks/dump.yml"), add(TASKS, "- import_tasks: dump.yml\n")), ("task file ansible/roles/app/tasks/dump.yml",)),
    Mutation("a play with another name", sub(SITE, "name: Set up web servers", "name: Set up machines"), ("name: Set up web servers → Set up machines",)),
    Mutation("a handler with another name", both(sub(TASKS, "notify: Restart nginx", "notify: Restart the proxy"), sub("ansible/roles/app/handlers/main.yml", "name: Restart nginx", "name: Restart the proxy")), ("name: Restart nginx → Restart the proxy",)),
    # Single values
    Mutation("a play for one group", sub(SITE, "hosts: web,db", "hosts: web"), ("play Set up web servers", "hosts[]: host db1.example.org → (none)")),
    Mutation("an instance type", sub(MAIN, "t3.small", "t3.large"), ("aws_instance.app", "instance_type: t3.small → t3.large")),
    Mutation("a range of a subnet", sub(MAIN, "10.0.1.0/24", "10.0.9.0/24"), ("aws_subnet.app", "10.0.1.0/24 → 10.0.9.0/24")),
    Mutation("days that backups are kept", sub(MAIN, "backup_retention_period = 7", "backup_retention_period = 1"), ("aws_db_instance.main", "backup_retention_period: 7 → 1")),
    Mutation("a schedule of the provider", sub(MAIN, "cron(0 3", "cron(0 5"), ("aws_cloudwatch_event_rule.nightly", "cron(0 5")),
    Mutation("the value of a record", sub(MAIN, "192.0.2.10", "192.0.2.99"), ("aws_route53_record.www", "192.0.2.99")),
    Mutation("a granted action", sub(MAIN, '["s3:GetObject"]', '["s3:GetObject", "s3:DeleteObject"]'), ("aws_iam_role_policy.app", "s3:DeleteObject")),
    Mutation("a granted resource", sub(MAIN, "arn:aws:s3:::files/*", "arn:aws:s3:::*"), ("aws_iam_role_policy.app", "arn:aws:s3:::*")),
    Mutation("who may take a role", sub(MAIN, "ec2.amazonaws.com", "lambda.amazonaws.com"), ("aws_iam_role.app", "lambda.amazonaws.com")),
    Mutation("who hears of alerts", sub(MAIN, "pager.example.org", "other.example.org"), ("aws_sns_topic_subscription.pager", "other.example.org")),
    Mutation("a tag", sub(MAIN, 'Name = "app"', 'Name = "api"'), ("aws_instance.app", "api")),
    Mutation("a value in a JSON file", sub("infra/logs.tf.json", '"bucket": "logs"', '"bucket": "old-logs"'), ("aws_s3_bucket.logs", "logs → old-logs")),
    Mutation("a variable of a role from elsewhere", sub(SITE, "ops@example.org", "admin@example.org"), ("geerlingguy.certbot", "admin@example.org")),
    Mutation("a variable of a group that a role from elsewhere reads", sub("ansible/hosts", "standalone", "webroot"), ("geerlingguy.certbot", "certbot_create_method: standalone → webroot")),
    Mutation("the version of a role from elsewhere", sub("ansible/requirements.yml", "5.1.0", "5.2.0"), ("geerlingguy.certbot", "5.1.0 → 5.2.0")),
    Mutation("a port of a play", sub(SITE, "app_port: 8080", "app_port: 8081"), ("8081",)),
    Mutation("a rule that forbids", sub(SITE, "rule: allow", "rule: deny"), ("external Internet", "no longer in the code", "rule: allow → deny")),
    Mutation("a schedule of cron", sub(TASKS, 'hour: "3"', 'hour: "5"'), ("job dump", "schedule: 15 3 * * * → 15 5 * * *")),
    Mutation("what cron runs", sub(TASKS, "pg_dump app > /var/backups/app.sql", "pg_dump app > /srv/app.sql"), ("job dump", "/srv/app.sql")),
    Mutation("a timer", sub("ansible/roles/app/files/report.timer", "OnCalendar=daily", "OnCalendar=hourly"), ("report", "daily → hourly")),
    Mutation("what a timer starts", sub("ansible/roles/app/files/report.service", "/usr/local/bin/report", "/usr/local/bin/cleanup"), ("report", "cleanup")),
    Mutation("a notification less", sub(TASKS, "  notify: Restart nginx\n", ""), ("Restart nginx", "no longer in the code")),
    Mutation("a handler less", cut("ansible/roles/app/handlers/main.yml", "- name: Reload systemd", ""), ("Reload systemd", "no longer in the code")),
    Mutation("a handler that reloads", sub("ansible/roles/app/handlers/main.yml", "state=restarted", "state=reloaded"), ("Restart nginx", "reloaded")),
    Mutation("an image of a container", sub(TASKS, "example/app:1.0", "example/app:1.1"), ("app", "example/app:1.0 → example/app:1.1")),
    Mutation("an environment of a container", sub(TASKS, "db1.example.org", "db2.example.org"), ("service app", "db2.example.org")),
    Mutation("a published port of a container", sub(TASKS, '["8080:8080"]', '["9090:8080"]'), ("9090",)),
    Mutation("where a site is passed on to", sub("ansible/roles/app/templates/site.conf.j2", "127.0.0.1:8080", "127.0.0.1:9000"), ("nginx", "9000")),
    Mutation("a name of a site", sub("ansible/roles/app/templates/site.conf.j2", ".example.org;", ".example.net;"), ("app.example.net",)),
    Mutation("a task that is not run", sub("ansible/roles/app/defaults/main.yml", "app_enabled: true", "app_enabled: false"), ("service app", "no longer in the code")),
    Mutation("a service that does not start", sub(TASKS, "enabled: yes\n    state: started", "enabled: no\n    state: stopped"), ("Start the timer", "enabled: true → false")),
    Mutation("an image of Compose", sub(STACK, "rabbitmq:4", "rabbitmq:3"), ("service queue", "rabbitmq:4 → rabbitmq:3")),
    Mutation("a published port", sub(STACK, '"8000:8000"', '"80:8000"'), ("service app", "80:8000")),
    Mutation("a variable that names another service", sub(STACK, "http://search:9200", "http://queue:15672"), ("service app → service search", "no longer in the code")),
    Mutation("a network less", sub(STACK, "opensearch:3\n    networks: [back]", "opensearch:3"), ("service search", "networks")),
    Mutation("a range of a network", sub(STACK, "172.20.0.0/16", "172.30.0.0/16"), ("172.30.0.0/16",)),
    Mutation("a volume at another place", sub(STACK, "files:/srv/files", "files:/var/files"), ("service app", "/var/files")),
    Mutation("who is told of alerts", sub("stack/alertmanager.yml", "team@example.org", "oncall@example.org"), ("alertmanager", "oncall@example.org")),
    Mutation("a job of Travis", sub(".travis.yml", "infra validate", "infra apply"), ("ci job test → root infra (runs)",)),
    Mutation("a job of Travis less", cut(".travis.yml", "    - stage: deploy", ""), ("no longer in the code",)),
    Mutation("a file that GitLab takes in", sub(".gitlab-ci.yml", "  - local: ci/lint.yml\n", ""), ("lint", "no longer in the code")),
    Mutation("a file that GitLab takes from elsewhere", sub(".gitlab-ci.yml", "file: deploy.yml", "file: release.yml"), ("release.yml",)),
    Mutation("the version that GitLab takes from elsewhere", sub(".gitlab-ci.yml", "ref: v1", "ref: v2"), ("v2",)),
    Mutation("when a job runs", sub(".gitlab-ci.yml", '"main"', '"release"'), ("plan", "release")),
    Mutation("the image of a job", sub(".gitlab-ci.yml", "terraform:1.9", "terraform:1.10"), ("plan", "terraform:1.10")),
    Mutation("a schedule of a workflow", sub(NIGHTLY, "0 3 * * *", "0 5 * * *"), ("0 5 * * *",)),
    Mutation("the machine of a job", sub(NIGHTLY, "ubuntu-24.04", "self-hosted"), ("drift", "self-hosted")),
    Mutation("a step that applies", sub(NIGHTLY, "infra plan", "infra apply"), ("ci job drift → root infra", "terraform plan → terraform apply")),
)  # fmt: skip
