"""What tasks say of machines: packages, services, containers, firewall rules, jobs, users; rows of the catalog
(``modules.toml``) tell which module says what."""
