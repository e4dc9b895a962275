/* What tests of several rooms need in a database. Aborts with words on stderr when it cannot. */
#ifndef DUBAN_TESTS_STORE_FIXTURES_H
#define DUBAN_TESTS_STORE_FIXTURES_H

#include "common/store/programme.h"
#include "tests/store/cluster.h"

/* deploy/plan/small.yaml loaded at the instant. */
struct plan_saved cluster_load_plan(struct pg *owner, struct instant at);

#endif
