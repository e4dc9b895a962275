/* Single flight, bounded queues, and the least recently used of what is kept. */
#include <criterion/criterion.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "services/board/job.h"

static void begin(void) {
    cr_assert_geq(sodium_init(), 0);
}
TestSuite(job, .init = begin);

static struct jobs jobs;
static const struct scope office = {.role = ROLE_OFFICE}, county = {.role = ROLE_COUNTY, .area = "510823"};
static const struct ask ask = {.code = "T06"};
static bool begun;

static enum jobs_answer put(enum job_lane lane, const char *key, struct waiter *waiter) {
    return jobs_ask(&jobs, lane, key, &county, &ask, waiter, &begun);
}

Test(job, many_who_ask_the_same_wait_for_one_computation) {
    struct waiter waiters[3] = {0};
    cr_expect_eq(put(JOB_PAST, "k", &waiters[0]), JOBS_WAIT);
    cr_expect(begun);
    struct job *job = jobs_take(&jobs, JOB_PAST);
    cr_assert_not_null(job);
    cr_expect_str_eq(job->ask.code, "T06");
    struct scope scope = scope_copy_scope(&job->scope);
    cr_expect(scope_equal(&scope, &county));
    cr_expect_not(scope_equal(&scope, &office));
    cr_expect_eq(put(JOB_PAST, "k", &waiters[1]), JOBS_WAIT, "also while it is under way");
    cr_expect_not(begun);
    cr_expect_null(jobs_take(&jobs, JOB_PAST));
    cr_expect_null(jobs_take(&jobs, JOB_LIVE));
    struct rendering *rendering = rendering_create("{}", 2);
    size_t count = 0;
    for (struct waiter *waiter = jobs_end(&jobs, job, rendering, NULL); waiter; waiter = waiter->next, count++) {
        cr_expect(waiter->answered);
        cr_expect_eq(waiter->rendering, rendering);
        rendering_drop(&waiter->rendering);
    }
    cr_expect_eq(count, 2);
    struct rendering *kept = jobs_kept(&jobs, "k");
    cr_expect_eq(kept, rendering);
    rendering_drop(&kept);
    rendering_drop(&rendering);
    cr_expect_eq(put(JOB_PAST, "k", &waiters[2]), JOBS_WAIT, "the next one begins anew");
    cr_expect(begun);
    jobs_finish(&jobs);
}

Test(job, a_failure_is_told_to_all_and_kept_by_nobody) {
    struct waiter waiters[2] = {0};
    struct problem problem;
    (void)put(JOB_PAST, "k", &waiters[0]);
    (void)put(JOB_PAST, "k", &waiters[1]);
    problem_set(&problem, PROBLEM_BUSY, NULL, NULL, "too long");
    (void)jobs_end(&jobs, jobs_take(&jobs, JOB_PAST), NULL, &problem);
    for (size_t i = 0; i < 2; i++) {
        cr_expect_null(waiters[i].rendering);
        cr_expect_eq(waiters[i].problem.kind, PROBLEM_BUSY);
    }
    cr_expect_null(jobs_kept(&jobs, "k"));
    jobs_finish(&jobs);
}

Test(job, a_lane_that_is_full_takes_no_more_but_company_is_welcome) {
    struct waiter waiters[JOBS_PAST_MAX + 2] = {0};
    char key[8];
    for (int i = 0; i < JOBS_PAST_MAX; i++) {
        snprintf(key, sizeof key, "%d", i);
        cr_expect_eq(put(JOB_PAST, key, &waiters[i]), JOBS_WAIT);
    }
    cr_expect_eq(put(JOB_PAST, "more", &waiters[JOBS_PAST_MAX]), JOBS_FULL);
    cr_expect_not(begun);
    cr_expect_eq(put(JOB_PAST, "2", &waiters[JOBS_PAST_MAX]), JOBS_WAIT);
    cr_expect_eq(put(JOB_LIVE, "live", &waiters[JOBS_PAST_MAX + 1]), JOBS_WAIT, "the other lane has its own room");
    struct job *first = jobs_take(&jobs, JOB_PAST);
    cr_expect_str_eq(first->key, "0", "in the order they came");
    jobs_finish(&jobs);
}

/* Computes key at once. */
static void compute(const char *key) {
    struct waiter waiter = {0};
    struct rendering *rendering = rendering_create(key, strlen(key));
    (void)put(JOB_PAST, key, &waiter);
    (void)jobs_end(&jobs, jobs_take(&jobs, JOB_PAST), rendering, NULL);
    rendering_drop(&waiter.rendering);
    rendering_drop(&rendering);
}

static bool is_kept(const char *key) {
    struct rendering *kept = jobs_kept(&jobs, key);
    bool is = kept != NULL;
    rendering_drop(&kept);
    return is;
}

Test(job, the_least_recently_used_makes_room) {
    char key[8];
    for (int i = 0; i < JOBS_KEPT; i++) {
        snprintf(key, sizeof key, "%d", i);
        compute(key);
    }
    cr_expect(is_kept("0"), "and used by this");
    compute("more");
    cr_expect(is_kept("0"));
    cr_expect_not(is_kept("1"));
    cr_expect(is_kept("2"));
    cr_expect(is_kept("more"));
    jobs_finish(&jobs);
}

Test(job, live_documents_are_kept_elsewhere) {
    struct waiter waiter = {0};
    struct rendering *rendering = rendering_create("{}", 2);
    (void)put(JOB_LIVE, "k", &waiter);
    (void)jobs_end(&jobs, jobs_take(&jobs, JOB_LIVE), rendering, NULL);
    cr_expect_not(is_kept("k"));
    rendering_drop(&waiter.rendering);
    rendering_drop(&rendering);
    jobs_finish(&jobs);
}
