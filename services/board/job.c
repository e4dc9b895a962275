#include "services/board/job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void scope_copy_of(const struct scope *scope, struct scope_copy *out) {
    *out = (struct scope_copy){.role = scope->role};
    snprintf(out->area, sizeof out->area, "%s", scope->area ? scope->area : "");
    snprintf(out->unit, sizeof out->unit, "%s", scope->unit ? scope->unit : "");
}

struct scope scope_copy_scope(const struct scope_copy *copy) {
    return (struct scope){.role = copy->role, .area = *copy->area ? copy->area : NULL, .unit = *copy->unit ? copy->unit : NULL};
}

void jobs_finish(struct jobs *jobs) {
    while (jobs->first) {
        struct job *job = jobs->first;
        jobs->first = job->next;
        free(job);
    }
    for (size_t i = 0; i < jobs->kept_count; i++) {
        free(jobs->kept[i].key);
        rendering_drop(&jobs->kept[i].rendering);
    }
    *jobs = (struct jobs){0};
}

/* --- what is kept --- */

struct rendering *jobs_kept(struct jobs *jobs, const char *key) {
    for (size_t i = 0; i < jobs->kept_count; i++) {
        if (strcmp(jobs->kept[i].key, key) != 0) continue;
        struct kept used = jobs->kept[i];
        memmove(&jobs->kept[1], &jobs->kept[0], i * sizeof *jobs->kept);
        jobs->kept[0] = used;
        return rendering_hold(used.rendering);
    }
    return NULL;
}

static void keep(struct jobs *jobs, const char *key, struct rendering *rendering) {
    char *name = strdup(key);
    if (!name) return;
    if (jobs->kept_count == JOBS_KEPT) {
        struct kept *last = &jobs->kept[--jobs->kept_count];
        free(last->key);
        rendering_drop(&last->rendering);
    }
    memmove(&jobs->kept[1], &jobs->kept[0], jobs->kept_count * sizeof *jobs->kept);
    jobs->kept[0] = (struct kept){name, rendering_hold(rendering)};
    jobs->kept_count++;
}

/* --- jobs --- */

static size_t most(enum job_lane lane) {
    return lane == JOB_PAST ? JOBS_PAST_MAX : JOBS_LIVE_MAX;
}

enum jobs_answer jobs_ask(struct jobs *jobs, enum job_lane lane, const char *key, const struct scope *scope,
                          const struct ask *ask, struct waiter *waiter, bool *begun) {
    struct job **slot = &jobs->first;
    *begun = false;
    for (; *slot; slot = &(*slot)->next)
        if (strcmp((*slot)->key, key) == 0) break;
    if (!*slot) {
        struct job *job = jobs->count[lane] < most(lane) ? calloc(1, sizeof *job) : NULL;
        if (!job) return JOBS_FULL;
        job->lane = lane;
        job->ask = *ask;
        scope_copy_of(scope, &job->scope);
        snprintf(job->key, sizeof job->key, "%s", key);
        *slot = job;
        jobs->count[lane]++;
        *begun = true;
    }
    waiter->answered = false;
    waiter->rendering = NULL;
    waiter->next = (*slot)->waiters;
    (*slot)->waiters = waiter;
    return JOBS_WAIT;
}

struct job *jobs_take(struct jobs *jobs, enum job_lane lane) {
    for (struct job *job = jobs->first; job; job = job->next)
        if (job->lane == lane && !job->running) {
            job->running = true;
            return job;
        }
    return NULL;
}

struct waiter *jobs_end(struct jobs *jobs, struct job *job, struct rendering *rendering, const struct problem *problem) {
    struct waiter *waiters = job->waiters;
    for (struct waiter *waiter = waiters; waiter; waiter = waiter->next) {
        waiter->answered = true;
        if (rendering) waiter->rendering = rendering_hold(rendering);
        else waiter->problem = *problem;
    }
    if (rendering && job->lane == JOB_PAST) keep(jobs, job->key, rendering);
    for (struct job **slot = &jobs->first; *slot; slot = &(*slot)->next)
        if (*slot == job) {
            *slot = job->next;
            break;
        }
    jobs->count[job->lane]--;
    free(job);
    return waiters;
}
