-- The roles of the sample containers, with the sample's password, before the migration would make them without one.
-- Sample only: a real installation gives each role a secret of its own.
CREATE ROLE duban_aggregator LOGIN PASSWORD 'sample-only';
CREATE ROLE duban_alerter LOGIN PASSWORD 'sample-only';
CREATE ROLE duban_reader LOGIN PASSWORD 'sample-only';
CREATE ROLE duban_admin LOGIN PASSWORD 'sample-only';
CREATE ROLE duban_board LOGIN PASSWORD 'sample-only';
