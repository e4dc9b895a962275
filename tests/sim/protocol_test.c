/* Sender and receiver cores in one seeded world without I/O: lost messages each way, black holes, kills, lost, restored
 * and cloned spools, a restored database, commits in doubt, two aggregators. DUBAN_SIM_SEEDS sets how many seeds
 * (default 300), DUBAN_SIM_FIRST the first. Every failure names its seed. */
#include "tests/sim/world.h"

/* ---- faults ---- */

static void inject(struct world *w) {
    struct agent *a = &w->agents[below(w, AGENTS)];
    if (chance(w, w->faults.kill) && a->on) kill_agent(w, a);
    if (chance(w, w->faults.kill)) kill_aggregator(w, (int)below(w, AGGREGATORS));
    if (chance(w, w->faults.spool_restore * 4)) {
        a->backup = a->spool;
        a->has_backup = a->on;
    }
    if (chance(w, w->faults.spool_restore) && a->on && a->has_backup) {
        w->spool_restored = true;
        a->spool = a->backup;
        if (chance(w, 7000)) kill_agent(w, a); /* else: swapped under a running agent */
        note_physical_loss(w);
    }
    if (chance(w, w->faults.spool_restore / 2) && a == w->agents) {
        w->spool_restored = true;
        a->spool = (struct spool){.epoch = new_epoch(w), .first_retained = 1};
        kill_agent(w, a);
        note_physical_loss(w);
    }
    struct session *session = &w->sessions[below(w, SESSIONS)];
    if (chance(w, w->faults.dead)) session->dead = true;
    if (chance(w, w->faults.clone) && !a->on) {
        w->cloned = true;
        a->on = true;
        a->spool = w->agents[0].spool;
        kill_agent(w, a);
    }
    if (chance(w, w->faults.database_restore * 4)) w->snapshot = w->database;
    if (chance(w, w->faults.database_restore)) {
        w->database_restored = true;
        bool failover = chance(w, 5000); /* under running aggregators */
        for (int i = 0; i < AGGREGATORS && !failover; i++)
            kill_aggregator(w, i);
        w->database = w->snapshot;
        note_physical_loss(w);
    }
}

static void produce(struct world *w) {
    struct agent *a = &w->agents[below(w, 4) == 0 ? below(w, AGENTS) : 0];
    if (a->on && w->ids < IDS_MAX && a->spool.last_seq < SPOOL_MAX) spool_append(&a->spool, w->ids++);
}

static void step(struct world *w) {
    w->now_ms += (int64_t)below(w, 60);
    if (!w->healing) inject(w);
    if (!w->healing && below(w, 8) == 0) produce(w);
    if (w->healing || below(w, 300) == 0) operate(w);
    for (int i = 0; i < AGENTS; i++)
        if (w->agents[i].on && below(w, 2) == 0) agent_turns(w, &w->agents[i]);
    for (int i = 0; i < AGGREGATORS; i++)
        aggregator_turns(w, &w->aggregators[i]);
}

/* ---- what must hold ---- */

/* Per epoch: contiguous from 1, each id once. */
static void check_database(struct world *w) {
    const struct database *d = &w->database;
    for (size_t e = 0; e < d->epoch_count; e++) {
        static bool seen[IDS_MAX];
        uint64_t next = 1;
        memset(seen, 0, sizeof seen);
        for (size_t i = 0; i < d->count; i++) {
            if (!epoch_equal(&d->entries[i].epoch, &d->epochs[e])) continue;
            MUST(w, d->entries[i].seq == next++, "not contiguous");
            MUST(w, !seen[d->entries[i].id], "twice in one epoch");
            seen[d->entries[i].id] = true;
        }
    }
}

/* The head of the row is the chain over the stored events. */
static void check_chain(struct world *w) {
    const struct database *d = &w->database;
    struct chain_hash old = {{0}}, head = old;
    for (size_t e = 0; e < d->epoch_count; e++) {
        head = chain_start(slice_of("zhaohua"), &d->epochs[e], e > 0 ? &old : NULL);
        for (size_t i = 0; i < d->count; i++) {
            uint8_t bytes[8];
            if (!epoch_equal(&d->entries[i].epoch, &d->epochs[e])) continue;
            event_bytes(d->entries[i].id, bytes);
            head = chain_append(&head, bytes, sizeof bytes);
        }
        old = head;
    }
    MUST(w, !d->row.has_epoch || chain_equal(&head, &d->row.head), "the chain does not recompute");
}

static void check_nothing_lost(struct world *w) {
    static bool stored[IDS_MAX];
    memset(stored, 0, sizeof stored);
    for (size_t i = 0; i < w->database.count; i++)
        stored[w->database.entries[i].id] = true;
    for (uint32_t id = 0; id < w->ids; id++)
        if (w->acked[id] && !w->lost[id]) MUST(w, stored[id], "acked and lost");
    const struct spool *s = &w->agents[0].spool;
    for (uint64_t n = s->first_retained; n <= s->last_seq; n++)
        MUST(w, stored[s->id[n]], "not delivered");
}

static bool settled(const struct world *w) {
    const struct agent *a = &w->agents[0];
    return a->sender.state == SENDER_LIVE && a->spool.acked_seq == a->spool.last_seq &&
           a->sender.gen == w->database.row.gen && epoch_equal(&a->spool.epoch, &w->database.row.epoch) &&
           a->spool.last_seq == w->database.row.committed_seq;
}

static void heal(struct world *w) {
    w->healing = true;
    for (int i = 1; i < AGENTS; i++) {
        if (w->agents[i].on) close_agent_end(w, &w->agents[i]);
        w->agents[i].on = false;
    }
    note_physical_loss(w);
    for (int i = 0; i < HEAL_STEPS && !settled(w); i++)
        step(w);
    if (settled(w)) return;
    const struct agent *a = &w->agents[0];
    const struct stream_row *row = &w->database.row;
    fprintf(stderr, "agent %s %s gen %llu last %llu acked %llu; centre gen %llu committed %llu %s epoch%s\n",
            sender_state_name(a->sender.state), halt_reason_name(a->sender.halt), (unsigned long long)a->spool.gen,
            (unsigned long long)a->spool.last_seq, (unsigned long long)a->spool.acked_seq, (unsigned long long)row->gen,
            (unsigned long long)row->committed_seq, epoch_equal(&a->spool.epoch, &row->epoch) ? "same" : "other",
            row->reopen ? ", reopen" : "");
    MUST(w, false, "no progress after healing");
}

static void run(struct world *w, uint64_t seed, struct faults faults) {
    *w = (struct world){.seed = seed, .random = seed, .faults = faults, .lossy = true};
    for (int i = 0; i < AGENTS; i++)
        w->agents[i].session = -1;
    struct agent *a = &w->agents[0];
    a->on = true;
    a->spool = (struct spool){.epoch = new_epoch(w), .first_retained = 1};
    kill_agent(w, a);
    w->lossy = faults.loss + faults.dead + faults.kill + faults.doubt + faults.rollback + faults.clone +
                   faults.spool_restore + faults.database_restore >
               0;
    for (int i = 0; i < STEPS; i++)
        step(w);
    check_database(w);
    heal(w);
    check_database(w);
    check_chain(w);
    check_nothing_lost(w);
    if (!w->lossy) MUST(w, w->alarms == 0 && w->halts == 0, "a false alarm");
}

static uint64_t from_environment(const char *name, uint64_t otherwise) {
    const char *text = getenv(name);
    return text && *text ? strtoull(text, NULL, 10) : otherwise;
}

static struct faults faults_of(uint64_t seed) {
    struct faults none = {0};
    struct faults all = {.loss = 150,
                         .dead = 50,
                         .kill = 20,
                         .clone = 10,
                         .spool_restore = 8,
                         .database_restore = 8,
                         .doubt = 300,
                         .rollback = 200};
    switch (seed % 8) {
    case 0:
        return none;
    case 1:
        return (struct faults){.loss = 300, .dead = 100};
    case 2:
        return (struct faults){.kill = 40, .doubt = 800, .rollback = 400};
    case 3:
        return (struct faults){.database_restore = 20, .loss = 50};
    case 4:
        return (struct faults){.spool_restore = 20};
    case 5:
        return (struct faults){.clone = 20, .loss = 50};
    default:
        return all;
    }
}

Test(protocol, invariants_hold_under_faults, .timeout = 3000) {
    static struct world world;
    struct world *w = &world;
    uint64_t first = from_environment("DUBAN_SIM_FIRST", 1), seeds = from_environment("DUBAN_SIM_SEEDS", 300);
    uint64_t committed = 0, halts = 0, alarms = 0, admissions = 0;
    for (uint64_t seed = first; seed < first + seeds; seed++) {
        run(w, seed, faults_of(seed));
        committed += w->committed;
        halts += w->halts;
        alarms += w->alarms;
        admissions += w->admissions;
    }
    if (getenv("DUBAN_SIM_SEEDS"))
        fprintf(stderr, "%llu seeds: %llu batches, %llu sessions, %llu halts, %llu alarms\n", (unsigned long long)seeds,
                (unsigned long long)committed, (unsigned long long)admissions, (unsigned long long)halts,
                (unsigned long long)alarms);
    /* A world in which nothing happens proves nothing. */
    cr_assert(committed > seeds * 20 && (seeds < 100 || (halts > seeds / 20 && alarms > seeds / 20)));
}
