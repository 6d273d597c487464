-- What was reclaimed and is not accounted for is counted at each look at the figures.
create index leases_reclaimed on leases (metric, granted_most, granted)
where granted < granted_most;
