/* What the service counts about itself: Prometheus' text format, version 0.0.4. */
#include "src/serve/metrics.h"

/* Seconds; of a verdict, from the request read to the answer made. */
static const struct {
	int64_t nanoseconds;
	const char *label;
} bounds[METRIC_BUCKETS] = {
	{ 10000, "0.00001" },  { 25000, "0.000025" }, { 50000, "0.00005" }, { 100000, "0.0001" },
	{ 250000, "0.00025" }, { 500000, "0.0005" },  { 1000000, "0.001" }, { 5000000, "0.005" },
	{ 25000000, "0.025" }, { 100000000, "0.1" },  { 1000000000, "1" },  { INT64_MAX, "+Inf" },
};

/* The last one is any other. */
static const unsigned statuses[METRIC_STATUSES] = { 200, 204, 400, 401, 403, 404,
						    405, 413, 429, 431, 503, 0 };

void metric_add(metric *m, uint64_t more)
{
	uint64_t before = atomic_load_explicit(m, memory_order_relaxed);

	/* One writer: no need for a locked instruction. */
	atomic_store_explicit(m, before + more, memory_order_relaxed);
}

void metrics_request(struct metrics *m, size_t route, unsigned status)
{
	size_t i = 0;

	while (statuses[i] && statuses[i] != status)
		i++;
	metric_add(&m->requests[route][i], 1);
}

void metrics_time(struct metrics *m, int64_t nanoseconds)
{
	size_t i = 0;

	while (nanoseconds > bounds[i].nanoseconds)
		i++;
	metric_add(&m->buckets[i], 1);
	metric_add(&m->nanoseconds, nanoseconds > 0 ? (uint64_t)nanoseconds : 0);
}

/* --- text --------------------------------------------------------------------------------------- */
struct page {
	struct buf *out;
	const struct metrics *threads;
	size_t count;
};

/* A counter of all threads; `one` is the first thread's. */
static uint64_t total(const struct page *p, const metric *one)
{
	uintptr_t at = (uintptr_t)one;
	uint64_t sum = 0;

	for (size_t i = 0; i < p->count; i++, at += sizeof(struct metrics))
		sum += atomic_load_explicit((const metric *)at, memory_order_relaxed);
	return sum;
}

static void head(const struct page *p, const char *name, const char *type, const char *help)
{
	buf_addf(p->out, "# HELP authrack_%s %s\n# TYPE authrack_%s %s\n", name, help, name, type);
}

static void gauge(const struct page *p, const char *name, const char *help, double value)
{
	head(p, name, "gauge", help);
	buf_addf(p->out, "authrack_%s %.15g\n", name, value);
}

static void counter(const struct page *p, const char *name, const char *help, const metric *m)
{
	head(p, name, "counter", help);
	buf_addf(p->out, "authrack_%s %llu\n", name, (unsigned long long)total(p, m));
}

static void verdicts_write(const struct page *p)
{
	const struct metrics *m = p->threads;

	head(p, "verifications_total", "counter", "keys that were presented, by verdict");
	for (enum verify_code c = 0; c <= VERIFY_VALID; c++)
		buf_addf(p->out, "authrack_verifications_total{code=\"%s\"} %llu\n",
			 verify_code_name(c), (unsigned long long)total(p, &m->verdicts[c]));
	buf_addf(p->out, "authrack_verifications_total{code=\"AMBIGUOUS\"} %llu\n",
		 (unsigned long long)total(p, &m->ambiguous));
}

static void requests_write(const struct page *p, const char *(*path_of)(size_t route))
{
	head(p, "requests_total", "counter", "requests that were answered");
	for (size_t r = 0; r < METRIC_ROUTES; r++)
		for (size_t s = 0; s < METRIC_STATUSES; s++) {
			uint64_t n = total(p, &p->threads->requests[r][s]);

			if (!n)
				continue;
			buf_addf(p->out, "authrack_requests_total{path=\"%s\",status=\"",
				 path_of(r));
			if (statuses[s])
				buf_addf(p->out, "%u", statuses[s]);
			else
				buf_add_text(p->out, "other");
			buf_addf(p->out, "\"} %llu\n", (unsigned long long)n);
		}
}

static void times_write(const struct page *p)
{
	uint64_t count = 0;

	head(p, "verification_seconds", "histogram", "from the request read to its answer made");
	for (size_t i = 0; i < METRIC_BUCKETS; i++) {
		count += total(p, &p->threads->buckets[i]);
		buf_addf(p->out, "authrack_verification_seconds_bucket{le=\"%s\"} %llu\n",
			 bounds[i].label, (unsigned long long)count);
	}
	buf_addf(p->out, "authrack_verification_seconds_sum %.9f\n",
		 (double)total(p, &p->threads->nanoseconds) / 1e9);
	buf_addf(p->out, "authrack_verification_seconds_count %llu\n", (unsigned long long)count);
}

static void store_write(const struct page *p, const struct gate_health *h)
{
	gauge(p, "store_readable", "1: verdicts are given; 0: all are refused", h->readable);
	gauge(p, "store_writable", "1: the last write of counts succeeded", h->writable);
	gauge(p, "usage_rows_waiting", "rows of usage that wait to be written", (double)h->waiting);
	head(p, "usage_calls_lost_total", "counter", "calls that could not be counted any more");
	buf_addf(p->out, "authrack_usage_calls_lost_total %lld\n", (long long)h->lost);
	if (h->written_at != TIME_NONE)
		gauge(p, "usage_written_timestamp_seconds",
		      "when counts were written the last time", (double)h->written_at / 1000);
	gauge(p, "limited_keys", "keys that have used up some of a limit", (double)h->limited_keys);
}

void metrics_write(struct buf *out, const struct metrics *of_threads, const struct metrics_now *now,
		   const char *(*path_of)(size_t route))
{
	const struct page p = { out, of_threads, now->threads };

	head(&p, "build_info", "gauge", "the release that runs");
	buf_addf(out, "authrack_build_info{version=\"%s\"} 1\n", AUTHRACK_VERSION);
	gauge(&p, "start_time_seconds", "when the service was started",
	      (double)now->started_at / 1000);
	verdicts_write(&p);
	times_write(&p);
	requests_write(&p, path_of);
	counter(&p, "callers_refused_total", "requests without a good caller token",
		&of_threads->callers_refused);
	counter(&p, "wrong_keys_slowed_total", "answers to wrong keys that were held back",
		&of_threads->held);
	counter(&p, "wrong_keys_refused_total",
		"wrong keys that were answered by 429, so many they were",
		&of_threads->guesses_refused);
	gauge(&p, "connections", "open connections", (double)now->connections);
	gauge(&p, "connections_held", "connections whose answer is held back",
	      (double)now->connections_held);
	store_write(&p, &now->health);
}
