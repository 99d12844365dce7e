// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Performs on the kernel what stream.ts wrote of the model, and says where the
 * kernel answers otherwise. In an emulated machine this makes a hundred times
 * the steps of a script.
 *
 *	executor STREAM CXL_DEVICE
 *
 * A line for each case that differs: its number, the step, what differs, what the
 * kernel says and what the model did. Last come the numbers of cases and steps.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BASE		0x100000000000ull
#define KIB		1024u
#define TAIL		4096u
#define RAW_WRITTEN	64u
#define FDS		16

static struct region {
	uint64_t at;
	uint32_t len;
	uint8_t *ours;		/* where we write: the kernel's place unless it may only read */
} regions[] = {
	{ .at = BASE, .len = 1024 * KIB },
	{ .at = BASE + 0x1000000, .len = 64 * KIB },
	{ .at = BASE + 0x2000000, .len = 4096 * KIB },
	{ .at = BASE + 0x3000000, .len = 4096 * KIB },
	{ .at = BASE + 0x4000000, .len = 64 * KIB },
	{ .at = BASE + 0x5000000, .len = 64 * KIB },
	{ .at = BASE + 0x6000000, .len = 64 * KIB },
};
#define REGIONS	(sizeof(regions) / sizeof(regions[0]))
#define RO	(REGIONS - 1)

static const uint8_t *p, *end;
static int fds[FDS], opened[4096], n_opened, ro_dirty, nocap, skipping;
static uint32_t case_number, step_number;
static char name[64];
static const char *cxl_device = "";

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static const void *take(size_t n)
{
	const uint8_t *was = p;

	if ((size_t)(end - p) < n) {
		fprintf(stderr, "the stream ends too early\n");
		exit(2);
	}
	p += n;
	return was;
}

#define TAKE(type) ({ type v_; memcpy(&v_, take(sizeof(v_)), sizeof(v_)); v_; })

static char *take_text(void)
{
	uint16_t n = TAKE(uint16_t);

	return strndup(take(n), n);
}

static void map_regions(void)
{
	for (size_t i = 0; i < REGIONS; i++) {
		struct region *r = &regions[i];
		int fd = memfd_create("region", 0);
		int rw = PROT_READ | PROT_WRITE;

		if (fd < 0 || ftruncate(fd, r->len))
			die("memfd");
		r->ours = mmap((void *)r->at, r->len, i == RO ? PROT_READ : rw,
			       MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0);
		if (r->ours != (void *)r->at)
			die("mmap");
		if (i == RO)
			r->ours = mmap(NULL, r->len, rw, MAP_SHARED, fd, 0);
		close(fd);
	}
}

/* `len` bytes from `at`, cut to the region; none where nothing is mapped. */
static uint8_t *window(uint64_t at, uint32_t *len)
{
	for (size_t i = 0; i < REGIONS; i++) {
		struct region *r = &regions[i];

		if (at < r->at || at - r->at >= r->len)
			continue;
		if (*len > r->len - (at - r->at))
			*len = r->len - (at - r->at);
		return r->ours + (at - r->at);
	}
	*len = 0;
	return NULL;
}

static uint32_t hash(uint32_t h, const uint8_t *bytes, uint32_t len)
{
	while (len--)
		h = (h ^ *bytes++) * 0x01000193u;
	return h;
}

static void prepare(void)
{
	uint64_t at = TAKE(uint64_t);
	uint32_t len = TAKE(uint32_t);
	uint8_t filler = TAKE(uint8_t);
	uint32_t n = TAKE(uint32_t), room = len > n ? len : n;
	const void *bytes = take(n);
	uint8_t *to = window(at, &room);

	if (!to)
		return;
	memset(to, filler, room);
	memcpy(to, bytes, n < room ? n : room);
	if (to >= regions[RO].ours && to < regions[RO].ours + regions[RO].len)
		ro_dirty = 1;
}

static void differs(const char *what, long long real, long long model)
{
	printf("differs %u %u %s %lld %lld\n", case_number, step_number, what, real, model);
	skipping = 1;
}

static void same(const char *what, long long real, long long model)
{
	if (real != model)
		differs(what, real, model);
}

static int answer(long ret)
{
	return ret < 0 ? -errno : ret;
}

static void set_rawio(int there)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data))
		die("capget");
	if (there)
		data[0].effective |= 1u << CAP_SYS_RAWIO;
	else
		data[0].effective &= ~(1u << CAP_SYS_RAWIO);
	if (syscall(SYS_capset, &head, data))
		die("capset");
}

static void keep(unsigned int index, int fd)
{
	if (fd >= 0 && n_opened < 4096)
		opened[n_opened++] = fd;
	fds[index % FDS] = fd < 0 ? -1 : fd;
}

static int fd_of(void)
{
	return fds[TAKE(uint8_t) % FDS];
}

static void begin(void)
{
	case_number = TAKE(uint32_t);
	step_number = 0;
	nocap = TAKE(uint8_t);
	skipping = 0;
	for (int i = 0; i < FDS; i++)
		fds[i] = -1;
	if (nocap)
		set_rawio(0);
}

static void finish(void)
{
	while (n_opened > 0)
		close(opened[--n_opened]);
	if (nocap)
		set_rawio(1);
	nocap = 0;
}

static void do_open(void)
{
	uint8_t index = TAKE(uint8_t);
	uint32_t flags = TAKE(uint32_t);
	int32_t model = TAKE(int32_t);
	char *node = take_text(), path[128];
	int fd;

	snprintf(path, sizeof(path), "/dev/fwctl/%s", *node ? node : "unbound/none");
	if (*node)
		snprintf(name, sizeof(name), "%s", node);
	free(node);
	if (skipping)
		return;
	fd = answer(open(path, flags));
	keep(index, fd);
	same("ret", fd < 0 ? fd : 0, model);
}

static void do_dup(void)
{
	int fd = fd_of();
	uint8_t to = TAKE(uint8_t);
	int32_t model = TAKE(int32_t);

	if (skipping)
		return;
	fd = answer(dup(fd));
	keep(to, fd);
	same("ret", fd < 0 ? fd : 0, model);
}

static void do_close(void)
{
	uint8_t index = TAKE(uint8_t);
	int32_t model = TAKE(int32_t);
	int fd = fds[index % FDS];

	if (skipping)
		return;
	for (int i = 0; i < n_opened; i++)
		if (opened[i] == fd)
			opened[i] = opened[--n_opened];
	fds[index % FDS] = -1;
	same("ret", answer(close(fd)), model);
}

static void do_simple(int kind)
{
	int fd = fd_of();
	int32_t model = TAKE(int32_t);
	char byte = 0;
	long ret = 0;

	if (skipping)
		return;
	switch (kind) {
	case 'r':
		ret = read(fd, &byte, 1);
		break;
	case 'w':
		ret = write(fd, &byte, 1);
		break;
	case 'l':
		ret = lseek(fd, 0, SEEK_SET);
		break;
	case 'm':
		ret = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED ? -1 : 0;
		break;
	}
	same("ret", answer(ret), model);
}

static void do_ioctl(int raw)
{
	int fd = fd_of(), ret;
	uint32_t cmd = TAKE(uint32_t), len;
	uint64_t arg = TAKE(uint64_t);
	int32_t model = TAKE(int32_t);
	uint8_t n = TAKE(uint8_t), *bytes;
	static const char *const names[] = { "first", "second", "third" };

	if (!skipping) {
		ret = answer(syscall(SYS_ioctl, fd, cmd, arg));
		for (size_t i = 0; ret == -EFAULT && i < RO; i++)
			memset(regions[i].ours + regions[i].len - TAIL, 0, TAIL);
		len = RAW_WRITTEN;
		bytes = window(arg, &len);
		if (raw && bytes)
			memset(bytes, 0, len);
		same("ret", ret, model);
	}
	for (int i = 0; i < n; i++) {
		uint64_t at = TAKE(uint64_t);
		uint32_t want, h;

		len = TAKE(uint32_t);
		want = TAKE(uint32_t);
		if (skipping)
			continue;
		bytes = window(at, &len);
		h = hash(0x811c9dc5u, bytes, len);
		if (h != want)
			differs(names[i % 3], h, want);
	}
}

static int bound(const char *node)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/class/fwctl/%s", node);
	return access(path, F_OK) == 0;
}

static void do_write(void)
{
	int32_t model = TAKE(int32_t);
	char *path = take_text(), *text = take_text(), *node = take_text();
	const char *said = strcmp(text, "cxl_mem.N") ? text : cxl_device;
	int fd = open(path, O_WRONLY), ret = fd < 0 ? -1 : 0;

	/* also in a case that is given up: the device has to be there for the next */
	if (fd >= 0 && write(fd, said, strlen(said)) < 0)
		ret = -1;
	if (fd >= 0)
		close(fd);
	if (!skipping && model <= 0)
		same("write", ret, model);
	if (!skipping)
		same("bound", *node ? bound(node) : bound(name), *node ? 1 : 0);
	if (*node)
		snprintf(name, sizeof(name), "%s", node);
	free(path);
	free(text);
	free(node);
}

static void look(void)
{
	uint32_t want = TAKE(uint32_t), h = 0x811c9dc5u;

	for (size_t i = 0; i < REGIONS; i++)
		h = hash(h, regions[i].ours, regions[i].len);
	if (h != want)
		differs("memory", h, want);
}

int main(int argc, char **argv)
{
	unsigned long cases = 0, steps = 0;
	struct stat st;
	int fd, kind;
	uint8_t *stream;

	if (argc < 2 || (fd = open(argv[1], O_RDONLY)) < 0 || fstat(fd, &st))
		die("stream");
	/* read, not mapped: a page fault over 9p costs more than a step */
	stream = malloc(st.st_size);
	for (off_t at = 0; at < st.st_size;) {
		ssize_t n = read(fd, stream + at, st.st_size - at);

		if (n <= 0)
			die("read");
		at += n;
	}
	close(fd);
	p = stream;
	end = stream + st.st_size;
	if (argc > 2)
		cxl_device = argv[2];
	map_regions();
	while (p < end) {
		kind = TAKE(uint8_t);
		switch (kind) {
		case 'C':
			begin();
			cases++;
			continue;
		case 'P':
			prepare();
			continue;
		case 'R':
			if (ro_dirty)
				memset(regions[RO].ours, 0, regions[RO].len);
			ro_dirty = 0;
			continue;
		case 'E':
			finish();
			continue;
		case 'H':
			look();
			continue;
		case 'O':
			do_open();
			break;
		case 'D':
			do_dup();
			break;
		case 'X':
			do_close();
			break;
		case 'I':
			do_ioctl(0);
			break;
		case 'J':
			do_ioctl(1);
			break;
		case 'S':
			do_write();
			break;
		case 'r':
		case 'w':
		case 'l':
		case 'm':
			do_simple(kind);
			break;
		default:
			fprintf(stderr, "the stream has a record '%c'\n", kind);
			return 2;
		}
		step_number++;
		steps++;
	}
	printf("done %lu %lu\n", cases, steps);
	return 0;
}
