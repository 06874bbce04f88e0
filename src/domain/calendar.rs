//! Weeks, due dates and midnights, in the tenant's zone.
