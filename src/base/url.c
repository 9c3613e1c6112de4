/* Finding URLs in files of a hundred formats, none of which is parsed: what looks like a
 * URL is one, and where it ends is seen by what no host has in it. What is not quite clear
 * (a $NAME in the host, bytes beyond ASCII) leads nowhere, and never to another host than
 * the one that the file's own reader would see. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <immure/base/arena.h>
#include <immure/base/text.h>
#include <immure/base/url.h>

enum { LONGEST_SCHEME = 64 };

struct reader {
	const char *next, *end;
	const char *counted;		/* up to here lines are counted */
	unsigned line;
	void (*each)(void *context, const struct url *url);
	void *context;
};

/* IANA's registry of ports, as far as programs have such URLs in their configurations. */
static const struct {
	const char *scheme;
	uint16_t port;
} usual_ports[] = {
	{ "http", 80 }, { "https", 443 }, { "ws", 80 }, { "wss", 443 },
	{ "ssh", 22 }, { "sftp", 22 }, { "scp", 22 }, { "git", 9418 }, { "svn", 3690 },
	{ "ftp", 21 }, { "ftps", 990 }, { "rsync", 873 },
	{ "ldap", 389 }, { "ldaps", 636 }, { "imap", 143 }, { "imaps", 993 },
	{ "smtp", 25 }, { "smtps", 465 }, { "pop3", 110 }, { "pop3s", 995 },
	{ "mysql", 3306 }, { "postgres", 5432 }, { "postgresql", 5432 },
	{ "redis", 6379 }, { "rediss", 6379 }, { "mongodb", 27017 },
	{ "amqp", 5672 }, { "amqps", 5671 }, { "mqtt", 1883 }, { "mqtts", 8883 },
	{ "nats", 4222 }, { "irc", 6667 }, { "ircs", 6697 }, { "telnet", 23 },
	{ "socks", 1080 }, { "socks4", 1080 }, { "socks5", 1080 }, { "socks5h", 1080 },
};

static uint16_t usual_port(const char *scheme)
{
	for (size_t i = 0; i < sizeof(usual_ports) / sizeof(usual_ports[0]); i++)
		if (text_is(usual_ports[i].scheme, scheme))
			return usual_ports[i].port;
	return 0;
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

static bool is_one_of(char c, const char *set) { return c && strchr(set, c); }

static bool is_host_byte(char c)
{
	return isalnum((unsigned char)c) || is_one_of(c, "-._");
}

/* Places are asked for from the first to the last. */
static unsigned line_at(struct reader *reader, const char *place)
{
	for (; reader->counted < place; reader->counted++)
		reader->line += *reader->counted == '\n';
	return reader->line;
}

/* --- scheme://host ---------------------------------------------------------------- */

static void copy_scheme(char out[24], const char *start, const char *end)
{
	size_t length = 0;

	while (start < end && !isalpha((unsigned char)*start))
		start++;
	for (; start < end && length < 23; start++)
		out[length++] = (char)tolower((unsigned char)*start);
	out[length] = '\0';
}

/* The scheme that ends at `end`, and its port: of git+ssh, mirror+https or jdbc:mysql that
 * with which something is connected to. False: there is none. */
static bool read_scheme(const char *start, const char *end, struct url *url, uint16_t *ret_port)
{
	const char *first = end, *last;

	while (first > start && end - first <= LONGEST_SCHEME &&
	       (isalnum((unsigned char)first[-1]) || is_one_of(first[-1], "+-.")))
		first--;
	/* Keys are written in front of them with a dot: url.https://... */
	for (last = end; last > first && last[-1] != '.'; last--)
		;
	first = last;
	for (last = end; last > first && last[-1] != '+'; last--)
		;
	copy_scheme(url->scheme, last, end);
	*ret_port = usual_port(url->scheme);
	if (!*ret_port && last > first) {
		char other[24];
		const char *plus = memchr(first, '+', (size_t)(end - first));

		copy_scheme(other, first, plus);
		*ret_port = usual_port(other);
	}
	return url->scheme[0];
}

/* What ends the part of a URL with user, host and port. */
static bool ends_authority(char c)
{
	return (unsigned char)c <= ' ' || (unsigned char)c == 0x7f ||
	       is_one_of(c, "/?#\"'`<>\\");
}

/* Digits as a port; false when it is none. */
static bool read_port(const char *start, const char *end, uint16_t *ret_port)
{
	unsigned long port = 0;

	for (; start < end; start++) {
		if (!isdigit((unsigned char)*start) || port > UINT16_MAX)
			return false;
		port = port * 10 + (unsigned long)(*start - '0');
	}
	*ret_port = (uint16_t)port;
	return port > 0 && port <= UINT16_MAX;
}

/* [2001:db8::1]; the end of it, or NULL. */
static const char *read_bracketed(const char *start, const char *end, struct url *url)
{
	size_t length = 0;

	for (const char *c = start + 1; c < end && length < 46; c++) {
		if (*c == ']') {
			url->host[length] = '\0';
			return length > 0 ? c + 1 : NULL;
		}
		if (!isxdigit((unsigned char)*c) && *c != ':' && *c != '.')
			return NULL;
		url->host[length++] = (char)tolower((unsigned char)*c);
	}
	return NULL;
}

static const char *read_host(const char *start, const char *end, struct url *url)
{
	const char *c = start;

	if (start < end && *start == '[')
		return read_bracketed(start, end, url);
	while (c < end && is_host_byte(*c))
		c++;
	size_t length = (size_t)(c - start);
	if (length == 0 || length >= sizeof(url->host))
		return NULL;
	memcpy(url->host, start, length);
	url->host[length] = '\0';
	return c;
}

/* [USER[:PASSWORD]@]HOST[:PORT]. In lists, what separates the URLs can follow at once. */
static bool read_authority(const char *start, const char *end, struct url *url)
{
	static const char separators[] = ",;|)}]!*&";
	const char *at = memrchr(start, '@', (size_t)(end - start));
	const char *c = read_host(at ? at + 1 : start, end, url);

	if (!c)
		return false;
	if (c == end || is_one_of(*c, separators))
		return true;
	if (*c++ != ':')
		return false;
	const char *digits = c;
	while (c < end && isdigit((unsigned char)*c))
		c++;
	if (c < end && !is_one_of(*c, separators))
		/* git+ssh://git@host:path, which is none and yet is written. */
		return at && c == digits && url->port == 22;
	return c == digits || read_port(digits, c, &url->port);
}

/* What stands at "://"; `start` is where the line, or its value, begins. */
static void take_url(struct reader *reader, const char *start, const char *mark, const char *stop)
{
	struct url url = { .line = line_at(reader, mark) };
	const char *end = mark + 3;

	if (!read_scheme(start, mark, &url, &url.port))
		return;
	while (end < stop && !ends_authority(*end))
		end++;
	if (end == mark + 3)
		return;
	if (!read_authority(mark + 3, end, &url)) {
		url.fault = URL_NO_HOST;
		url.host[0] = '\0';
		url.port = 0;
	} else if (url.port == 0) {
		url.fault = URL_NO_PORT;
	}
	reader->each(reader->context, &url);
}

/* --- user@host:path ----------------------------------------------------------------- */

/* As scp(1) and git(1) have it. Somebody's mail address has nothing behind its colon, and a
 * proxy a port. */
static void take_path(struct reader *reader, const char *start, const char *at, const char *stop)
{
	struct url url = { .scheme = "ssh", .port = 22, .line = line_at(reader, at) };
	const char *user = at;

	while (user > start && (isalnum((unsigned char)user[-1]) || is_one_of(user[-1], "-._+")))
		user--;
	if (user == at || (user > start && !is_blank(user[-1]) && !is_one_of(user[-1], "=\"'`<>,([")))
		return;
	const char *colon = read_host(at + 1, stop, &url);
	if (!colon || colon >= stop - 1 || *colon != ':')
		return;
	const char *path = colon + 1;
	while (path < stop && isdigit((unsigned char)*path))
		path++;
	if (path == stop || (unsigned char)*path <= ' ' || is_one_of(*path, "\"'`<>,;)]:"))
		return;
	reader->each(reader->context, &url);
}

static void look_through(struct reader *reader, const char *start, const char *stop)
{
	for (const char *c = start; c < stop; c++) {
		if (*c == ':' && stop - c > 3 && c[1] == '/' && c[2] == '/')
			take_url(reader, start, c, stop);
		else if (*c == '@')
			take_path(reader, start, c, stop);
	}
}

/* --- comments ------------------------------------------------------------------------- */

static void read_lines(struct reader *reader)
{
	while (reader->next < reader->end) {
		const char *start = reader->next;
		const char *newline = memchr(start, '\n', (size_t)(reader->end - start));
		const char *stop = newline ? newline : reader->end;

		reader->next = newline ? newline + 1 : reader->end;
		while (start < stop && is_blank(*start))
			start++;
		if (stop - start >= 2 && start[0] == '/' && start[1] == '/')
			continue;
		for (const char *c = start; c < stop; c++)
			if ((*c == '#' || *c == ';') && (c == start || is_blank(c[-1])))
				stop = c;
		look_through(reader, start, stop);
	}
}

/* Behind the next `text`, or the end. */
static void skip_behind(struct reader *reader, const char *text)
{
	size_t left = (size_t)(reader->end - reader->next);
	const char *found = memmem(reader->next, left, text, strlen(text));

	reader->next = found ? found + strlen(text) : reader->end;
}

static bool begins(const struct reader *reader, const char *text)
{
	size_t length = strlen(text);

	return (size_t)(reader->end - reader->next) >= length &&
	       memcmp(reader->next, text, length) == 0;
}

/* Does this attribute name something, rather than say where it is? */
static bool is_name_only(const char *name, const char *end)
{
	static const char location[] = "chemaLocation";
	size_t length = (size_t)(end - name), tail = strlen(location);

	return (length >= 5 && memcmp(name, "xmlns", 5) == 0) ||
	       (length >= tail && memcmp(end - tail, location, tail) == 0);
}

/* From behind the "<" of an element to behind its ">". */
static void read_tag(struct reader *reader)
{
	const char *name = reader->next;

	while (reader->next < reader->end) {
		const char *c = reader->next++;

		if (*c == '>')
			return;
		if (is_blank(*c) || *c == '\n') {
			name = reader->next;
		} else if (*c == '"' || *c == '\'') {
			const char quote[] = { *c, '\0' }, *value = reader->next;

			skip_behind(reader, quote);
			while (c > name && (c[-1] == '=' || is_blank(c[-1])))
				c--;
			if (!is_name_only(name, c))
				look_through(reader, value, reader->next);
		}
	}
}

static void read_markup(struct reader *reader)
{
	while (reader->next < reader->end) {
		const char *start = reader->next;
		const char *tag = memchr(start, '<', (size_t)(reader->end - start));

		reader->next = tag ? tag : reader->end;
		look_through(reader, start, reader->next);
		if (begins(reader, "<!--")) {
			skip_behind(reader, "-->");
		} else if (begins(reader, "<?")) {
			skip_behind(reader, "?>");
		} else if (begins(reader, "<!DOCTYPE")) {
			skip_behind(reader, ">");
		} else if (tag) {
			reader->next++;
			read_tag(reader);
		}
	}
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *url_file(struct arena *arena, const char *url)
{
	if (strncasecmp(url, "file:", 5) != 0)
		return NULL;
	url += 5;
	if (text_begins(url, "//")) {
		url += 2;
		if (strncasecmp(url, "localhost/", 10) == 0)
			url += 9;
	}
	if (*url != '/')
		return NULL;
	char *path = arena_copy_part(arena, url, strcspn(url, "?#")), *out = path;
	for (const char *c = path; *c; c++) {
		if (*c != '%') {
			*out++ = *c;
			continue;
		}
		int high = hex_digit(c[1]), low = high < 0 ? -1 : hex_digit(c[2]);
		if (low < 0 || high + low == 0)
			return NULL;
		*out++ = (char)(high << 4 | low);
		c += 2;
	}
	*out = '\0';
	return path;
}

void url_each(const char *text, size_t length,
	      void (*each)(void *context, const struct url *url), void *context)
{
	struct reader reader = {
		.next = text, .end = text + length, .counted = text, .line = 1,
		.each = each, .context = context,
	};
	const char *first = text;

	if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		first += 3;
	while (first < reader.end && (is_blank(*first) || *first == '\n'))
		first++;
	if (first < reader.end && *first == '<')
		read_markup(&reader);
	else
		read_lines(&reader);
}
