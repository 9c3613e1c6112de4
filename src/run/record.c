/* --net-log and --pcap: the supervisor has the files, and the engine, which may write
 * none, sends it what to write. What comes is checked for its size alone; its contents are
 * bounded and escaped where they are written down. A sandbox can make lines as fast as it
 * can ask for names: so many a second are written, and the others counted. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <immure/base/fd.h>
#include <immure/net/gate.h>
#include <immure/sys/clocks.h>
#include <immure/sys/file.h>
#include <immure/sys/socket.h>

#include "run.h"

/* Lines a second that are written, and how many at once; records a turn of the loop. */
enum { LINES_A_SECOND = 1000, MOST_AT_ONCE = 2000, RECORDS_A_TURN = 64 };

/* At the end: flows that are still open, and how long they are waited for. */
enum { MOST_AT_THE_END = 10000, LAST_MILLISECONDS = 3000 };

/* What the kernel gives a socket that asks for more (net.core.wmem_max). */
enum { CHANNEL_BYTES = 1 << 20 };

static const char *const options[RECORD_CHANNELS] = { "net-log", "pcap" };

static const struct network_record *record_of(const struct sandbox *box, int channel)
{
	const struct network_plan *network = &box->plan->network;

	return channel == RECORD_LOG ? &network->log : &network->capture;
}

/* --- writing ---------------------------------------------------------------------------- */

/* All of it, or nothing and why: half a line would be none. */
static void write_whole(struct recording *recording, struct iovec *parts, int count)
{
	struct stat before, after;
	size_t size = 0;

	for (int i = 0; i < count; i++)
		size += parts[i].iov_len;
	if (recording->problem || size == 0)
		return;
	bool known = fstat(recording->to, &before) == 0;
	ssize_t wrote = writev(recording->to, parts, count);
	if (wrote == (ssize_t)size)
		return;
	recording->problem = wrote < 0 ? errno : ENOSPC;
	/* Somebody else may append to it too. */
	if (wrote > 0 && known && fstat(recording->to, &after) == 0 &&
	    after.st_size == before.st_size + wrote)
		(void)!ftruncate(recording->to, before.st_size);
}

static void write_text(struct recording *recording, const char *text, size_t size)
{
	struct iovec part = { .iov_base = (void *)(uintptr_t)text, .iov_len = size };

	write_whole(recording, &part, 1);
}

/* --- what comes ------------------------------------------------------------------------- */

static uint8_t message[sizeof(struct frame_record) + GATE_FRAME_ROOM];

/* One message; its size, 0 for one of no use, -1 when there is none now. */
static ssize_t receive(struct recording *recording)
{
	ssize_t got;

	do
		got = recv(recording->from, message, sizeof(message), MSG_DONTWAIT | MSG_TRUNC);
	while (got < 0 && errno == EINTR);
	if (got == 0 || (got < 0 && errno != EAGAIN))
		fd_close(&recording->from);
	if (got <= 0)
		return -1;
	return (size_t)got <= sizeof(message) ? got : 0;
}

static void refill(struct recording *recording)
{
	int64_t now = clock_milliseconds(CLOCK_MONOTONIC);
	int64_t more = (now - recording->refilled) * LINES_A_SECOND / 1000;

	recording->refilled = now;
	recording->room += more < MOST_AT_ONCE ? more : MOST_AT_ONCE;
	if (recording->room > MOST_AT_ONCE)
		recording->room = MOST_AT_ONCE;
}

static void print_missing(struct recording *recording, struct arena *arena, FILE *out)
{
	if (recording->unsaid == 0)
		return;
	record_print_missing(recording->unsaid, clock_milliseconds(CLOCK_REALTIME), arena, out);
	recording->missing += recording->unsaid;
	recording->unsaid = 0;
}

static void print_record(struct recording *recording, ssize_t size,
			 const struct network_plan *plan, struct arena *arena, FILE *out)
{
	struct net_record record;

	if (size != sizeof(record) || recording->room <= 0) {
		recording->unsaid++;
		return;
	}
	memcpy(&record, message, sizeof(record));
	print_missing(recording, arena, out);
	record_print(&record, plan, arena, out);
	recording->room--;
}

static void take_records(struct recording *recording, const struct network_plan *plan)
{
	struct arena *arena = arena_new();
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	ssize_t size;

	for (int i = 0; i < RECORDS_A_TURN && (size = receive(recording)) >= 0; i++) {
		if (out)
			print_record(recording, size, plan, arena, out);
		else
			recording->unsaid++;
	}
	if (out && fclose(out) == 0)
		write_text(recording, text, length);
	free(text);
	arena_free(arena);
}

static void take_frames(struct recording *recording)
{
	struct frame_record frame;
	uint8_t header[CAPTURE_HEADER];
	ssize_t size;

	for (int i = 0; i < RECORDS_A_TURN && (size = receive(recording)) >= 0; i++) {
		memcpy(&frame, message, sizeof(frame));
		if ((size_t)size < sizeof(frame) || frame.size != (size_t)size - sizeof(frame)) {
			recording->unsaid++;
			continue;
		}
		capture_header(&frame, header);
		struct iovec parts[] = {
			{ .iov_base = header, .iov_len = sizeof(header) },
			{ .iov_base = message + sizeof(frame), .iov_len = frame.size },
		};
		write_whole(recording, parts, 2);
	}
}

void record_take(struct sandbox *box, int channel)
{
	struct recording *recording = &box->recordings[channel];

	if (channel == RECORD_CAPTURE) {
		take_frames(recording);
		return;
	}
	refill(recording);
	take_records(recording, &box->plan->network);
}

/* --- beginning and end ------------------------------------------------------------------- */

static int open_recording(struct sandbox *box, int channel, struct error *err)
{
	struct recording *recording = &box->recordings[channel];
	const struct network_record *record = record_of(box, channel);
	const int bytes = CHANNEL_BYTES;
	uint8_t start[CAPTURE_START];

	if (!record->path)
		return 0;
	recording->to = file_open_record(record->path, err);
	if (recording->to < 0)
		return within(err, "%s (%s)", options[channel], record->origin);
	if (channel == RECORD_CAPTURE) {
		capture_start(start);
		if (ftruncate(recording->to, 0) < 0 ||
		    write(recording->to, start, sizeof(start)) != sizeof(start))
			return fail(err, errno, "write %s (%s)", record->path, record->origin);
	}
	if (socket_pair(&recording->from, &recording->engine_end, err) < 0)
		return -1;
	recording->refilled = clock_milliseconds(CLOCK_MONOTONIC);
	recording->room = MOST_AT_ONCE;
	(void)setsockopt(recording->engine_end, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
	return 0;
}

int parent_open_records(struct sandbox *box, struct error *err)
{
	for (int channel = 0; channel < RECORD_CHANNELS; channel++)
		if (open_recording(box, channel, err) < 0)
			return -1;
	return 0;
}

void record_release(struct sandbox *box)
{
	for (int channel = 0; channel < RECORD_CHANNELS; channel++)
		fd_close(&box->recordings[channel].engine_end);
}

void record_forget(struct sandbox *box)
{
	for (int channel = 0; channel < RECORD_CHANNELS; channel++) {
		fd_close(&box->recordings[channel].from);
		fd_close(&box->recordings[channel].to);
	}
}

/* What the engine could not say and what we did not write. */
static void finish_log(struct recording *recording)
{
	struct arena *arena = arena_new();
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (out) {
		print_missing(recording, arena, out);
		if (fclose(out) == 0)
			write_text(recording, text, length);
	}
	free(text);
	arena_free(arena);
}

/* The engine's loop ends with our end of `control`; then it tells what is still open, and
 * its end of the channels closes with it. */
void record_finish(struct sandbox *box)
{
	struct recording *recordings = box->recordings;
	int64_t end = clock_milliseconds(CLOCK_MONOTONIC) + LAST_MILLISECONDS, left;

	fd_close(&box->control);
	recordings[RECORD_LOG].room = MOST_AT_THE_END;
	for (;;) {
		struct pollfd polled[RECORD_CHANNELS];

		left = end - clock_milliseconds(CLOCK_MONOTONIC);
		if (left <= 0 || (recordings[0].from == NO_FD && recordings[1].from == NO_FD))
			break;
		for (int i = 0; i < RECORD_CHANNELS; i++)
			polled[i] = (struct pollfd){ .fd = recordings[i].from, .events = POLLIN };
		if (poll(polled, RECORD_CHANNELS, (int)left) < 0 && errno != EINTR)
			break;
		if (polled[RECORD_LOG].revents)
			take_records(&recordings[RECORD_LOG], &box->plan->network);
		if (polled[RECORD_CAPTURE].revents)
			take_frames(&recordings[RECORD_CAPTURE]);
	}
	for (int i = 0; i < RECORD_CHANNELS; i++)
		recordings[i].unsaid += box->refusals ? box->refusals->lost[i] : 0;
	if (recordings[RECORD_LOG].to != NO_FD)
		finish_log(&recordings[RECORD_LOG]);
	recordings[RECORD_CAPTURE].missing = recordings[RECORD_CAPTURE].unsaid;
	record_forget(box);
}

void record_report(struct sandbox *box, struct outcome *outcome)
{
	struct arena *arena = box->plan->arena;

	for (int channel = 0; channel < RECORD_CHANNELS; channel++) {
		const struct recording *recording = &box->recordings[channel];
		const char *path = record_of(box, channel)->path;

		if (recording->problem)
			*list_add(arena, &outcome->network) = arena_format(arena,
				"%s %s: %s: what came from then on is missing", options[channel],
				path, strerror(recording->problem));
		else if (recording->missing > 0)
			*list_add(arena, &outcome->network) = arena_format(arena,
				"%s %s: %" PRIu64 " %s are missing: they came faster than they"
				" could be written", options[channel], path, recording->missing,
				channel == RECORD_LOG ? "lines" : "frames");
	}
}
