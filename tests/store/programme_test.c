/* Plans, streams and keys in the database. */
#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <string.h>
#include <unistd.h>

#include "common/store/key.h"
#include "common/store/registry.h"
#include "common/store/stream.h"
#include "tests/store/fixtures.h"

CLUSTER_START
CLUSTER_STOP

static struct error err;
static const struct instant new_year = {1609430400000}; /* 2021-01-01T00:00:00+08:00 */

static int64_t count_of(struct pg *pg, const char *sql) {
    struct pg_rows rows = {0};
    cr_assert_eq(pg_run(pg, sql, NULL, &rows, &err), ERROR_OK, "%s", err.message);
    int64_t count = pg_int(&rows, 0, 0);
    pg_rows_finish(&rows);
    return count;
}

Test(plan, a_load_makes_cells_that_are_due_and_the_same_texts_again_nothing) {
    struct pg *owner = cluster_database(getppid(), "loads", INSTALLATION_REHEARSAL);
    struct pg *admin = cluster_open(getppid(), "loads", "duban_admin");
    struct plan_saved saved = cluster_load_plan(admin, new_year);
    cr_expect(saved.first);
    cr_expect_eq(saved.version, 1);
    cr_expect_gt(saved.cells, 0);
    cr_expect_eq(count_of(owner, "SELECT count(*) FROM cell"), (int64_t)saved.cells);
    cr_expect_eq(count_of(owner, "SELECT count(*) FROM cell_light WHERE next_check_at = '2021-01-01 00:00:00+08'"),
                 (int64_t)saved.cells);
    cr_expect_eq(count_of(owner, "SELECT count(*) FROM cell_current"), (int64_t)saved.cells);
    struct plan_saved again = cluster_load_plan(admin, (struct instant){new_year.ms + MS_DAY});
    cr_expect(again.unchanged);
    cr_expect_eq(again.version, 1);
    cr_expect_eq(count_of(owner, "SELECT count(*) FROM plan_version"), 1);
    pg_close(&admin);
    pg_close(&owner);
}

Test(plan, is_read_back_as_it_was_known) {
    struct pg *owner = cluster_database(getppid(), "reads", INSTALLATION_REHEARSAL);
    struct plan_saved saved = cluster_load_plan(owner, new_year);
    struct stored_plan stored;
    struct registry registry;
    cr_assert_eq(stored_plan_read(owner, saved.programme, INSTANT_NONE, &stored, &err), ERROR_OK, "%s", err.message);
    cr_expect_str_eq(stored.plan->programme, "school-repair-2021");
    cr_assert_eq(registry_read(owner, saved.programme, &registry, &err), ERROR_OK, "%s", err.message);
    cr_expect_eq(registry.cell_count, stored.plan->cell_count);
    int32_t target = registry_target(&registry, slice_of("T01.1")), area = registry_area(&registry, slice_of("510824"));
    cr_expect(target && area);
    cr_expect_str_eq(registry_target_code(&registry, target), "T01.1");
    cr_expect_str_eq(registry_area_code(&registry, area), "510824");
    cr_expect_neq(registry_cell(&registry, target, area), 0);
    cr_expect_eq(registry_target(&registry, slice_of("T01.")), 0);
    cr_expect_eq(registry_cell(&registry, target, 999), 0);
    registry_finish(&registry);
    stored_plan_finish(&stored);
    cr_expect_eq(stored_plan_read(owner, saved.programme, (struct instant){new_year.ms - 1}, &stored, &err), ERROR_NOT_FOUND);
    pg_close(&owner);
}

Test(stream, scope_and_keys) {
    struct pg *owner = cluster_database(getppid(), "streams", INSTALLATION_REHEARSAL);
    struct pg *admin = cluster_open(getppid(), "streams", "duban_admin");
    struct plan_saved saved = cluster_load_plan(admin, new_year);
    const char *const areas[] = {"510824"}, *const tasks[] = {"T01"};
    struct stream_new county = {.name = "cangxi", .unit = "苍溪县", .role = STREAM_COUNTY, .areas = areas, .area_count = 1,
                                .programme = saved.programme, .made_at = new_year};
    struct stream_new department = {.name = "education", .unit = "市教育局", .role = STREAM_DEPARTMENT, .tasks = tasks,
                                    .task_count = 1, .programme = saved.programme, .made_at = new_year};
    int32_t first = 0, second = 0, again = 0;
    struct streams streams;
    struct key_list keys;
    struct key_pair pair;
    cr_assert_eq(stream_make(admin, &county, &first, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(stream_make(admin, &department, &second, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(stream_make(admin, &county, &again, &err), ERROR_OK, "%s", err.message);
    cr_expect_eq(first, again);
    county.role = STREAM_OFFICE;
    cr_expect_eq(stream_make(admin, &county, &again, &err), ERROR_CONFLICT);
    cr_assert_eq(streams_read(admin, 0, &streams, &err), ERROR_OK, "%s", err.message);
    cr_expect_eq(streams.count, 2);
    const struct stream *cangxi = streams_find(&streams, slice_of("cangxi"));
    cr_assert(cangxi);
    cr_expect_null(streams_find(&streams, slice_of("cang")));
    cr_expect_null(streams_find(&streams, slice_of("cangxi-2")));
    cr_expect(stream_covers(cangxi, slice_of("510824"), slice_of("T09")));
    cr_expect(stream_covers(cangxi, slice_of("510824101"), slice_of("T09")), "a township lies inside its county");
    cr_expect_not(stream_covers(cangxi, slice_of("510823"), slice_of("T09")));
    cr_expect(stream_covers(streams_by_id(&streams, second), slice_of("510823"), slice_of("T01")));
    cr_expect_not(stream_covers(streams_by_id(&streams, second), slice_of("510823"), slice_of("T02")));

    cr_assert_eq(key_pair_make(&pair, &err), ERROR_OK);
    cr_assert_eq(key_allow(admin, pair.public_key, "苍溪", first, new_year, "office", &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(keys_read(admin, &keys, &err), ERROR_OK);
    cr_expect_eq(keys_permit(&keys, pair.public_key, first), KEY_ALLOWED);
    cr_expect_eq(keys_permit(&keys, pair.public_key, second), KEY_UNKNOWN);
    keys_finish(&keys);
    cr_assert_eq(key_revoke(admin, pair.public_key, 0, new_year, "office", &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(keys_read(admin, &keys, &err), ERROR_OK);
    cr_expect_eq(keys_permit(&keys, pair.public_key, first), KEY_REVOKED);
    keys_finish(&keys);
    cr_expect_eq(key_allow(admin, pair.public_key, "苍溪", first, new_year, "office", &err), ERROR_CONFLICT);
    cr_expect_eq(key_revoke(admin, "no such key", 0, new_year, "office", &err), ERROR_NOT_FOUND);

    cr_expect_eq(stream_reopen(admin, "cangxi", new_year, "office", "new disk", &err), ERROR_OK, "%s", err.message);
    cr_expect_eq(stream_reopen(admin, "cangxi", new_year, "office", "again", &err), ERROR_CONFLICT);
    cr_expect_eq(stream_reopen(admin, "nobody", new_year, "office", "x", &err), ERROR_NOT_FOUND);
    streams_finish(&streams);
    pg_close(&admin);
    pg_close(&owner);
}
