/* Where the URLs of configurations lead, in the formats that they are for. */
#include <string.h>

#include <immure/base/arena.h>
#include <immure/base/url.h>

#include "unit.h"

static struct arena *arena;

/* What was found, as "LINE:host:port", with blanks between. */
static void note(void *context, const struct url *url)
{
	const char **text = context;
	const char *what = url->fault == URL_NO_HOST ? "nowhere"
			 : url->fault == URL_NO_PORT ? arena_format(arena, "%s:%s?", url->host, url->scheme)
			 : arena_format(arena, "%s:%u", url->host, url->port);

	*text = arena_format(arena, "%s%s%u:%s", *text, **text ? " " : "", url->line, what);
}

static const struct {
	const char *text, *want;
} rows[] = {
	{ "", "" },
	{ "://", "" }, { "://x", "" }, { "https://", "" }, { "https:///x", "" }, { "file:///x", "" },
	{ "https://a.example", "1:a.example:443" },
	{ "HTTPS://A.Example:8443/x", "1:A.Example:8443" },
	{ "http://a.example:/", "1:a.example:80" },
	{ "git://a.example/x", "1:a.example:9418" },
	{ "ftp://a.example/x", "1:a.example:21" },
	{ "ssh://git@a.example:2222/x", "1:a.example:2222" },
	{ "git+ssh://git@a.example/x", "1:a.example:22" },
	{ "git+ssh://git@a.example:owner/x", "1:a.example:22" },
	{ "sparse+https://index.example/", "1:index.example:443" },
	{ "postgresql+psycopg2://u:p@db.example/x", "1:db.example:5432" },
	{ "jdbc:mysql://db.example/x", "1:db.example:3306" },
	{ "url.https://a.example/.insteadof=gh:", "1:a.example:443" },
	{ "odd://a.example", "1:a.example:odd?" }, { "odd://a.example:7", "1:a.example:7" },
	{ "file://server/share", "1:server:file?" },
	{ "a_http://a.example", "1:a.example:80" },
	{ "+-http://a.example", "1:a.example:80" }, { "1://a.example", "" },
	/* Users and passwords. */
	{ "https://u:p@a.example/x@b.example", "1:a.example:443" },
	{ "https://u:p@ss@a.example/", "1:a.example:443" },
	{ "https://u:p,s@a.example/", "1:a.example:443" },
	{ "https://u:pa/ss@a.example/", "1:nowhere" },
	{ "ssh://u:pa/ss@a.example/", "1:nowhere" },
	{ "https://@a.example/", "1:a.example:443" }, { "https://u@/", "1:nowhere" },
	/* Addresses. */
	{ "http://192.0.2.1:81/", "1:192.0.2.1:81" },
	{ "http://[2001:DB8::1]/", "1:2001:db8::1:80" },
	{ "http://u@[2001:db8::1]:81/", "1:2001:db8::1:81" },
	{ "http://[]:1", "1:nowhere" }, { "http://[2001:db8::1", "1:nowhere" }, { "http://[fe80::1%25eth0]/", "1:nowhere" },
	{ "http://[2001:db8::1]x/", "1:nowhere" },
	/* Ports that are none. */
	{ "http://a.example:0/", "1:nowhere" }, { "http://a.example:65536/", "1:nowhere" },
	{ "http://a.example:65535/", "1:a.example:65535" }, { "http://a.example:+1/", "1:nowhere" },
	{ "http://a.example:99999999999999999999/", "1:nowhere" }, { "http://a.example:x/", "1:nowhere" },
	/* Hosts that are not written out. */
	{ "http://$HOST/", "1:nowhere" }, { "http://files.$DOMAIN/", "1:nowhere" },
	{ "http://${HOST}/", "1:nowhere" }, { "http://%61.example/", "1:nowhere" },
	{ "http://*.example/", "1:nowhere" }, { "http://b\xc3\xbc""cher.example/", "1:nowhere" },
	{ "http://a.example\x01/", "1:a.example:80" }, { "http://a.example\\@b.example/", "1:a.example:80" },
	/* What stands around them. */
	{ "\"https://a.example\"", "1:a.example:443" }, { "see <https://a.example>", "1:a.example:443" },
	{ "GOPROXY='https://a.example,https://b.example|direct'", "1:a.example:443 1:b.example:443" },
	{ "GOPROXY=https://u:p@a.example,direct", "1:a.example:443" },
	{ "[x](https://a.example)", "1:a.example:443" }, { "https://a.example;x", "1:a.example:443" },
	{ "see https://a.example.", "1:a.example.:443" },
	/* As scp has it. */
	{ "url = git@a.example:owner/x.git", "1:a.example:22" }, { "url=git@a.example:/x", "1:a.example:22" },
	{ "git@[2001:db8::1]:x", "1:2001:db8::1:22" }, { "git@a.example:2222/x", "1:a.example:22" },
	{ "me@a.example: hello", "" }, { "me@a.example", "" }, { "me@a.example:", "" },
	{ "me@a.example:3128", "" }, { "u:p@a.example:3128", "" }, { "//r.example/:_authToken=x@y:z", "" },
	{ "@scope:registry=https://a.example", "1:a.example:443" }, { "@a.example:x", "" },
	/* Comments. */
	{ "# https://a.example\n; https://b.example\n// https://c.example\nhttps://d.example", "4:d.example:443" },
	{ "a = https://a.example # https://b.example", "1:a.example:443" },
	{ "a = https://a.example/#b ; https://b.example", "1:a.example:443" },
	{ "  # x\r\n\thttps://a.example\r\n", "2:a.example:443" },
	/* XML. */
	{ "<?xml v='http://z.example'?>\n<!-- http://y.example -->\n"
	  "<settings xmlns=\"http://x.example/1\" xmlns:xsi='http://w.example'\n"
	  " xsi:schemaLocation=\"http://v.example\n https://u.example/x.xsd\"><url>https://a.example/x</url>\n"
	  "<add key='q' value=\"https://b.example/x\"/> <!-- http://t.example", "5:a.example:443 6:b.example:443" },
	{ "\xef\xbb\xbf <!DOCTYPE a 'http://z.example'><a>http://a.example</a>", "1:a.example:80" },
	{ "<a b='http://a.example", "1:a.example:80" }, { "<", "" }, { "<!--", "" }, { "<a", "" },
	/* Whole files. */
	{ "[core]\n\tbare = false\n[remote \"origin\"]\n\turl = https://git.example.org/p.git\n"
	  "\tfetch = +refs/heads/*:refs/remotes/origin/*\n\tpushurl = git@git.example.org:p.git\n",
	  "4:git.example.org:443 6:git.example.org:22" },
	{ "deb [signed-by=/usr/share/k.gpg] http://deb.example.org/debian bookworm main\n"
	  "deb-src cdrom:[x]/ bookworm main\nURIs: http://a.example mirror+https://b.example/x\n",
	  "1:deb.example.org:80 3:a.example:80 3:b.example:443" },
	{ "[global]\nindex-url = https://user:secret@pypi.example/simple\nextra-index-url=\n http://10.0.0.7:3141/x\n",
	  "2:pypi.example:443 4:10.0.0.7:3141" },
};

static void test_texts(void)
{
	EACH_ROW(row, rows) {
		const char *got = "";

		url_each(row->text, strlen(row->text), note, &got);
		CHECK(strcmp(got, row->want) == 0, "%s: %s", row->text, got);
	}
}

static void count(void *context, const struct url *url)
{
	(void)url;
	++*(unsigned *)context;
}

static void test_bytes(void)
{
	static const char zero[] = "https://a\0b.example/\nhttps://c.example";
	const char *got = "";
	unsigned found = 0;

	url_each(zero, sizeof(zero) - 1, note, &got);
	CHECK(strcmp(got, "1:a:443 2:c.example:443") == 0, "%s", got);
	/* The byte behind the text is not read. */
	url_each("https://a.example", 15, note, &got);
	/* A host and a scheme that are too long. */
	char text[600];
	memset(text, 'a', sizeof(text));
	text[100] = ':';
	text[101] = text[102] = '/';
	got = "";
	url_each(text, sizeof(text), note, &got);
	CHECK(strcmp(got, "1:nowhere") == 0, "%s", got);
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = "a://"[i % 4];
	url_each(text, sizeof(text), count, &found);
	CHECK(found == sizeof(text) / 4 - 1, "%u", found);
}

static void test_files(void)
{
	static const struct {
		const char *url, *want;		/* NULL: it is none */
	} files[] = {
		{ "file:///a/b", "/a/b" }, { "file:/a/b", "/a/b" }, { "FILE:///a", "/a" },
		{ "file://localhost/a", "/a" }, { "file://LocalHost/a", "/a" }, { "file:///", "/" },
		{ "file:///a%20b%2Fc%2fd", "/a b/c/d" }, { "file:///%ff%0a", "/\xff\n" },
		{ "file:///a?b#c", "/a" }, { "file:///a%23b%3F", "/a#b?" }, { "file:///a+b", "/a+b" },
		{ "file:///%2e%2e/a", "/../a" }, { "file:////a", "//a" },
		{ "", NULL }, { "file:", NULL }, { "file:a", NULL }, { "file://", NULL },
		{ "file://a", NULL }, { "file://host/a", NULL }, { "file://localhost", NULL },
		{ "file://localhostx/a", NULL }, { "http:///a", NULL }, { "/a", NULL },
		{ "file:///a%", NULL }, { "file:///a%2", NULL }, { "file:///a%2?", NULL },
		{ "file:///a%zz", NULL }, { "file:///a%00b", NULL }, { "file:///%-1", NULL },
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		const char *got = url_file(arena, files[i].url), *want = files[i].want;

		CHECK(got && want ? strcmp(got, want) == 0 : !got && !want, "%s: %s", files[i].url,
		      got ? got : "none");
	}
}

int main(void)
{
	arena = arena_new();
	RUN(test_texts);
	RUN(test_bytes);
	RUN(test_files);
	arena_free(arena);
	return unit_end();
}
