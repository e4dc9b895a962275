#include "common/base/loop.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/cleanup.h"

struct record {
    struct loop *loop;
    struct loop_timers *timers;
    struct loop_timer *again;
    int fd;
    char seen[32];
};

static void note(struct record *r, char what) {
    size_t len = strlen(r->seen);
    if (len + 1 < sizeof r->seen) r->seen[len] = what;
}

/* --- timers --- */

struct named {
    struct record *record;
    char name;
};
static void fire(void *context) {
    struct named *named = context;
    note(named->record, named->name);
}
static void fire_and_arm(void *context) {
    struct named *named = context;
    note(named->record, named->name);
    loop_timer_arm(named->record->timers, named->record->again, (struct tick){0});
}

Test(loop_timers, fire_in_order_and_once) {
    struct record r = {0};
    struct named a = {&r, 'a'}, b = {&r, 'b'}, c = {&r, 'c'};
    struct loop_timers timers = {0};
    struct loop_timer ta = {.fire = fire, .context = &a}, tb = {.fire = fire, .context = &b},
                      tc = {.fire = fire, .context = &c};
    cr_assert_eq(loop_timers_wait(&timers, (struct tick){0}), -1);
    loop_timer_arm(&timers, &ta, (struct tick){30});
    loop_timer_arm(&timers, &tb, (struct tick){10});
    loop_timer_arm(&timers, &tc, (struct tick){20});
    cr_assert_eq(loop_timers_wait(&timers, (struct tick){4}), 6);
    loop_timers_run(&timers, (struct tick){9});
    cr_assert_str_eq(r.seen, "");
    loop_timer_arm(&timers, &tb, (struct tick){25}); /* moves it */
    loop_timers_run(&timers, (struct tick){25});
    cr_assert_str_eq(r.seen, "cb");
    loop_timer_cancel(&timers, &ta);
    loop_timer_cancel(&timers, &ta);
    loop_timers_run(&timers, (struct tick){99});
    cr_assert_str_eq(r.seen, "cb");
    cr_assert_null(timers.first);
    loop_timer_arm(&timers, &ta, TICK_NONE);
    cr_assert_null(timers.first);
}

Test(loop_timers, one_that_arms_itself_does_not_spin) {
    struct loop_timers timers = {0};
    struct loop_timer timer;
    struct record r = {.timers = &timers, .again = &timer};
    struct named a = {&r, 'a'};
    timer = (struct loop_timer){.due = TICK_NONE, .fire = fire_and_arm, .context = &a};
    loop_timer_arm(&timers, &timer, (struct tick){5});
    loop_timers_run(&timers, (struct tick){10});
    cr_assert_str_eq(r.seen, "a");
    loop_timers_run(&timers, (struct tick){10});
    cr_assert_str_eq(r.seen, "aa");
}

/* --- the loop --- */

static void take_byte(void *context, short events) {
    struct record *r = context;
    char byte = '?';
    cr_assert(events & POLLIN);
    cr_assert_eq(read(r->fd, &byte, 1), 1);
    note(r, byte);
    if (byte == 's') loop_stop(r->loop);
    if (byte == 'u') loop_unwatch(r->loop, r->fd);
}
static void on_reload(void *context) {
    note(context, 'R');
}
static void on_clock(void *context) {
    note(context, 'C');
}

Test(loop, calls_handlers_until_stopped) {
    CLEAN(loop_finish) struct loop loop;
    struct error err = {0};
    int ends[2];
    cr_assert_eq(loop_init(&loop, NULL, &err), ERROR_OK, "%s", err.message);
    cr_assert_eq(pipe2(ends, O_NONBLOCK), 0);
    struct record r = {.loop = &loop, .fd = ends[0]};
    cr_assert_eq(loop_watch(&loop, ends[0], POLLIN, take_byte, &r, &err), ERROR_OK);
    cr_assert_eq(write(ends[1], "abs", 3), 3);
    cr_assert_eq(loop_run(&loop, &err), ERROR_OK);
    cr_assert_str_eq(r.seen, "abs");
    close(ends[0]);
    close(ends[1]);
}

Test(loop, a_handler_may_take_itself_away) {
    CLEAN(loop_finish) struct loop loop;
    struct error err = {0};
    int ends[2];
    cr_assert_eq(loop_init(&loop, NULL, &err), ERROR_OK);
    cr_assert_eq(pipe2(ends, O_NONBLOCK), 0);
    struct record r = {.loop = &loop, .fd = ends[0]};
    cr_assert_eq(loop_watch(&loop, ends[0], POLLIN, take_byte, &r, &err), ERROR_OK);
    cr_assert_eq(write(ends[1], "uX", 2), 2);
    cr_assert_eq(loop_turn(&loop, 1000, &err), ERROR_OK);
    cr_assert_eq(loop_turn(&loop, 0, &err), ERROR_OK);
    cr_assert_str_eq(r.seen, "u");
    cr_assert_eq(loop.count, 0u);
    close(ends[0]);
    close(ends[1]);
}

Test(loop, timers_end_the_wait) {
    CLEAN(loop_finish) struct loop loop;
    struct error err = {0};
    struct record r = {0};
    struct named a = {&r, 'a'};
    struct loop_timer timer = {.due = TICK_NONE, .fire = fire, .context = &a};
    cr_assert_eq(loop_init(&loop, NULL, &err), ERROR_OK);
    struct tick begun = tick_now();
    loop_timer_arm(&loop.timers, &timer, tick_after(begun, 20));
    while (!r.seen[0])
        cr_assert_eq(loop_turn(&loop, 10000, &err), ERROR_OK);
    int64_t took = tick_now().ms - begun.ms;
    cr_assert(took >= 20 && took < 5000, "%ld ms", (long)took);
}

Test(loop, signals_stop_and_reload) {
    CLEAN(loop_finish) struct loop loop;
    struct error err = {0};
    struct record r = {0};
    cr_assert_eq(loop_init(&loop, NULL, &err), ERROR_OK);
    loop.on_reload = on_reload;
    loop.context = &r;
    cr_assert_eq(kill(getpid(), SIGHUP), 0);
    cr_assert_eq(loop_turn(&loop, 5000, &err), ERROR_OK);
    cr_assert_str_eq(r.seen, "R");
    cr_assert_not(loop.stopping);
    cr_assert_eq(kill(getpid(), SIGTERM), 0);
    cr_assert_eq(loop_run(&loop, &err), ERROR_OK, "ends by the signal");
    cr_assert_eq(loop_signals_read(loop.signal_fd), LOOP_SIGNAL_NONE);
    loop_signals_restore();
}

Test(loop, a_clocks_step_wakes_it) {
    char folder[] = "/tmp/duban-loop-XXXXXX", file[64];
    cr_assert_not_null(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/clock", folder);
    struct error err = {0};
    CLEAN(clock_finish) struct clock clock = {0};
    CLEAN(loop_finish) struct loop loop;
    struct record r = {0};
    cr_assert_eq(clock_file_write(file, 1, (struct instant){0}, &err), ERROR_OK);
    cr_assert_eq(clock_open(&clock, file, 0, &err), ERROR_OK);
    cr_assert_eq(loop_init(&loop, &clock, &err), ERROR_OK);
    loop.on_clock = on_clock;
    loop.context = &r;
    cr_assert_eq(loop_turn(&loop, 0, &err), ERROR_OK);
    cr_assert_str_eq(r.seen, "");
    cr_assert_eq(clock_file_write(file, 2, (struct instant){1000}, &err), ERROR_OK);
    while (!r.seen[0])
        cr_assert_eq(loop_turn(&loop, 5000, &err), ERROR_OK);
    cr_assert_str_eq(r.seen, "C");
    cr_assert_eq(clock_domain(&clock).ms, 1000);
    unlink(file);
    rmdir(folder);
}

static void ignore(void *context, short events) {
    (void)context;
    (void)events;
}

Test(loop, is_full_at_its_limit) {
    CLEAN(loop_finish) struct loop loop;
    struct error err = {0};
    cr_assert_eq(loop_init(&loop, NULL, &err), ERROR_OK);
    for (int fd = 0; fd < LOOP_WATCH_MAX; fd++)
        cr_assert_eq(loop_watch(&loop, 1000 + fd, POLLIN, ignore, NULL, &err), ERROR_OK);
    cr_assert_eq(loop_watch(&loop, 1000, POLLOUT, ignore, NULL, &err), ERROR_OK, "the same fd again is a change");
    cr_assert_eq(loop_watch(&loop, 2000, POLLIN, ignore, NULL, &err), ERROR_CONFLICT);
    loop_unwatch(&loop, 1005);
    cr_assert_eq(loop_watch(&loop, 2000, POLLIN, ignore, NULL, &err), ERROR_OK);
}
