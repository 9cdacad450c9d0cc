-- Unleash keeps its own migrations: it gets a database of its own beside Causeway's.
create database unleash;
