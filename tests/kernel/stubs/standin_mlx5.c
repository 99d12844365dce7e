// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * Stands in for mlx5_core under the upstream mlx5_fwctl: the two functions that
 * driver calls, a deterministic firmware behind them, and auxiliary devices for
 * it to bind to. drivers/mlx5/stub.ts is the same firmware in TypeScript.
 *
 * A command's first 16 bytes are opcode, uid, two reserved bytes and op_mod (big
 * endian), then what the command defines. An answer is cleared to its length
 * first, begins with the status byte, has the syndrome at byte 4, and is cut
 * where the caller's buffer ends.
 *
 *   CREATE_UCTX, DESTROY_UCTX
 *	uids count from 1 and never come back. Device 2 has room for two contexts,
 *	after that LIM_ERR with syndrome 0x5eed0a04, and lacks TOOLS_RESOURCES.
 *   NOP	op_mod 0xfeSS is refused with status SS and syndrome 0x5eed00SS; 0xfdEE
 *	is a command that never came back (errno EE); 0xfcNN takes NN times 10 ms.
 *   QUERY_HCA_CAP, SET_HCA_CAP
 *	4096 bytes for each capability type (op_mod without its lowest bit) and
 *	function: the own one, or another by its number. A byte that was never set
 *	is type * 16 + function + position. Setting one's own: status 3, syndrome
 *	0x5eed0109.
 *   ACCESS_REG, ACCESS_REGISTER_USER
 *	256 bytes for each register id, one store for both commands; op_mod 0
 *	writes, 1 reads, others are status 3 with syndrome 0x5eed0805. A byte that
 *	was never written is id xor position.
 *   any other command
 *	echoes opcode, op_mod, uid and its own length from byte 8, then counts up
 *	from the sum of all that and of the bytes from 8 on.
 *
 * With sriov=1 there is a PCI driver mlx5_core as well (give it ids through
 * new_id). The function it binds has VFs by sriov_numvfs, as the real one; each
 * function has an auxiliary device: mlx5_core.fwctl.3 and, for VF n, .(4 + n).
 * What the PF sets for other function n + 1 is what VF n reads of itself, also
 * after the VFs were removed and came back. A VF asking for another function is
 * refused: status 3, syndrome 0x5eed0100.
 */
#include <linux/auxiliary_bus.h>
#include <linux/delay.h>
#include <linux/mlx5/device.h>
#include <linux/mlx5/driver.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/unaligned.h>
#include <linux/xarray.h>

#define SYNDROME(n)		(0x5eed0000 | (n))
#define ACCESS_REGISTER_USER	0xb0c

enum {
	ALONE = 3,			/* devices on QEMU's pci-testdev */
	PF = ALONE,
	VFS = 8,
	DEVICES = ALONE + 1 + VFS,
	CAP_BYTES = 4096,
	REG_BYTES = 256,
};

struct firmware_state {
	struct mlx5_core_dev *mdev;
	struct mlx5_adev *aux;
	struct mutex busy;		/* one command at a time */
	struct xarray caps;
	struct xarray regs;
	u16 uids;
};

static struct firmware_state devices[DEVICES];

static bool sriov;
module_param(sriov, bool, 0444);

/* what the tests read of each device under /sys/module/standin_mlx5/parameters */
static uint live[DEVICES], creates[DEVICES], destroys[DEVICES], last_destroyed[DEVICES];
static uint counted = DEVICES;
module_param_array(live, uint, &counted, 0444);
module_param_array(creates, uint, &counted, 0444);
module_param_array(destroys, uint, &counted, 0444);
module_param_array(last_destroyed, uint, &counted, 0444);

static u32 room_for(int n)
{
	return n == 2 ? 2 : U16_MAX;
}

static u32 uctx_caps_of(int n)
{
	return n == 2 ? 0x3 : 0x4;
}

static int number_of(struct mlx5_core_dev *mdev)
{
	int n;

	for (n = 0; n < DEVICES; n++)
		if (devices[n].mdev == mdev)
			return n;
	return -ENODEV;
}

struct command {
	int n;				/* which device */
	const u8 *in;
	size_t in_len;
	u8 *out;
	size_t out_len;
	u16 opcode, uid, op_mod;
};

static void answer(const struct command *c, size_t at, const void *bytes, size_t len)
{
	if (at < c->out_len)
		memcpy(c->out + at, bytes, min(len, c->out_len - at));
}

static int refuse(const struct command *c, u8 status, u32 syndrome)
{
	c->out[0] = status;
	put_unaligned_be32(syndrome, c->out + 4);
	return 0;
}

/* The bytes under a key; made by `initial` when nobody asked for them before. */
static u8 *stored(struct xarray *store, unsigned long key, size_t len,
		  u8 (*initial)(unsigned long key, size_t at))
{
	u8 *bytes = xa_load(store, key);
	size_t at;

	if (bytes)
		return bytes;
	bytes = kmalloc(len, GFP_KERNEL);
	if (!bytes)
		return NULL;
	for (at = 0; at < len; at++)
		bytes[at] = initial(key, at);
	if (xa_err(xa_store(store, key, bytes, GFP_KERNEL))) {
		kfree(bytes);
		return NULL;
	}
	return bytes;
}

static u8 initial_cap(unsigned long key, size_t at)
{
	u16 type = key >> 16, function = key;

	return type * 16 + function + at;
}

static u8 initial_reg(unsigned long key, size_t at)
{
	return key ^ at;
}

static int context(const struct command *c)
{
	struct firmware_state *device = &devices[c->n];
	u8 uid[2];

	if (c->opcode == MLX5_CMD_OP_DESTROY_UCTX) {
		live[c->n]--;
		destroys[c->n]++;
		last_destroyed[c->n] = get_unaligned_be16(c->in + 10);
		return 0;
	}
	if (live[c->n] >= room_for(c->n))
		return refuse(c, MLX5_CMD_STAT_LIM_ERR, SYNDROME(0x0a04));
	live[c->n]++;
	creates[c->n]++;
	put_unaligned_be16(++device->uids, uid);
	answer(c, 10, uid, sizeof(uid));
	return 0;
}

/* The own function's bytes lie beside other function 0's: the top bit says whose. */
static int capability(const struct command *c)
{
	bool set = c->opcode == MLX5_CMD_OP_SET_HCA_CAP;
	bool other = c->in[8] & 0x80;
	u16 function = other ? get_unaligned_be16(c->in + 10) : 0;
	struct firmware_state *owner = &devices[c->n];
	unsigned long key;
	u8 *cap;

	if (set && !other)
		return refuse(c, MLX5_CMD_STAT_BAD_PARAM_ERR, SYNDROME(0x0109));
	if (c->n > PF) {
		if (other)
			return refuse(c, MLX5_CMD_STAT_BAD_PARAM_ERR, SYNDROME(0x0100));
		other = true;
		function = c->n - PF;
		owner = &devices[PF];
		mutex_lock_nested(&owner->busy, SINGLE_DEPTH_NESTING);
	}
	key = function | (unsigned long)(c->op_mod >> 1) << 16 | (unsigned long)other << 32;
	cap = stored(&owner->caps, key, CAP_BYTES, initial_cap);
	if (cap && set)
		memcpy(cap, c->in + 16, min_t(size_t, c->in_len - 16, CAP_BYTES));
	else if (cap)
		answer(c, 16, cap, CAP_BYTES);
	if (owner != &devices[c->n])
		mutex_unlock(&owner->busy);
	return cap ? 0 : -ENOMEM;
}

static int access_register(const struct command *c)
{
	u16 id = get_unaligned_be16(c->in + 10);
	u8 *reg;

	if (c->op_mod > 1)
		return refuse(c, MLX5_CMD_STAT_BAD_PARAM_ERR, SYNDROME(0x0805));
	reg = stored(&devices[c->n].regs, id, REG_BYTES, initial_reg);
	if (!reg)
		return -ENOMEM;
	if (c->op_mod == 0)
		memcpy(reg, c->in + 16, min_t(size_t, c->in_len - 16, REG_BYTES));
	answer(c, 12, c->in + 12, 4);
	answer(c, 16, reg, REG_BYTES);
	return 0;
}

static int echo(const struct command *c)
{
	u8 head[8], sum = c->opcode + c->op_mod + c->uid;
	size_t at;

	put_unaligned_be16(c->opcode, head);
	put_unaligned_be16(c->op_mod, head + 2);
	put_unaligned_be16(c->uid, head + 4);
	put_unaligned_be16(c->in_len, head + 6);
	answer(c, 8, head, sizeof(head));
	for (at = 8; at < c->in_len; at++)
		sum += c->in[at];
	for (at = 16; at < c->out_len; at++)
		c->out[at] = sum + (at - 16);
	return 0;
}

static int execute(const struct command *c)
{
	u8 low = c->op_mod;

	switch (c->opcode) {
	case MLX5_CMD_OP_CREATE_UCTX:
	case MLX5_CMD_OP_DESTROY_UCTX:
		return context(c);
	case MLX5_CMD_OP_QUERY_HCA_CAP:
	case MLX5_CMD_OP_SET_HCA_CAP:
		return capability(c);
	case MLX5_CMD_OP_ACCESS_REG:
	case ACCESS_REGISTER_USER:
		return access_register(c);
	case MLX5_CMD_OP_NOP:
		if (c->op_mod >> 8 == 0xfe)
			return refuse(c, low, SYNDROME(low));
		if (c->op_mod >> 8 == 0xfd)
			return -low;
		if (c->op_mod >> 8 == 0xfc)
			msleep(10 * low);
		break;
	}
	return echo(c);
}

/* 0, -EREMOTEIO when the answer holds a bad status, or why there is no answer. */
int mlx5_cmd_do(struct mlx5_core_dev *mdev, void *in, int in_size, void *out, int out_size)
{
	struct command c = {
		.n = number_of(mdev), .in_len = in_size, .out = out, .out_len = out_size,
	};
	int err;
	u8 *copy;

	if (c.n < 0)
		return c.n;
	copy = kvmemdup(in, in_size, GFP_KERNEL);	/* in and out may be one buffer */
	if (!copy)
		return -ENOMEM;
	c.in = copy;
	c.opcode = get_unaligned_be16(copy);
	c.uid = get_unaligned_be16(copy + 2);
	c.op_mod = get_unaligned_be16(copy + 6);

	mutex_lock(&devices[c.n].busy);
	memset(out, 0, out_size);
	err = execute(&c);
	mutex_unlock(&devices[c.n].busy);
	kvfree(copy);
	return err ?: c.out[0] ? -EREMOTEIO : 0;
}
EXPORT_SYMBOL(mlx5_cmd_do);

/* The same with the status as an errno. */
int mlx5_cmd_exec(struct mlx5_core_dev *mdev, void *in, int in_size, void *out, int out_size)
{
	int err = mlx5_cmd_do(mdev, in, in_size, out, out_size);

	if (err != -EREMOTEIO)
		return err;
	switch (*(u8 *)out) {
	case MLX5_CMD_STAT_LIM_ERR:
		return -ENOMEM;
	case MLX5_CMD_STAT_RES_BUSY:
		return -EBUSY;
	case MLX5_CMD_STAT_NOT_READY:
	case MLX5_CMD_STAT_NO_RES_ERR:
		return -EAGAIN;
	case MLX5_CMD_STAT_INT_ERR:
	case MLX5_CMD_STAT_BAD_SYS_STATE_ERR:
		return -EIO;
	default:
		return -EINVAL;
	}
}
EXPORT_SYMBOL(mlx5_cmd_exec);

static void release_aux(struct device *dev)
{
	kfree(container_of(dev, struct mlx5_adev, adev.dev));
}

static void forget(struct firmware_state *device)
{
	if (device->mdev)
		kvfree(device->mdev->caps.hca[MLX5_CAP_GENERAL]);
	kvfree(device->mdev);
	device->mdev = NULL;
}

static int appear(int n, struct pci_dev *pdev)
{
	struct firmware_state *device = &devices[n];
	struct mlx5_core_dev *mdev = kvzalloc(sizeof(*mdev), GFP_KERNEL);
	struct mlx5_hca_cap *cap = kvzalloc(sizeof(*cap), GFP_KERNEL);
	struct mlx5_adev *aux = kzalloc(sizeof(*aux), GFP_KERNEL);
	int err = -ENOMEM;

	if (!mdev || !cap || !aux)
		goto nothing;
	MLX5_SET(cmd_hca_cap, cap->cur, uctx_cap, uctx_caps_of(n));
	mdev->pdev = pdev;
	mdev->device = &pdev->dev;
	mdev->caps.hca[MLX5_CAP_GENERAL] = cap;
	aux->mdev = mdev;
	aux->idx = n;
	aux->adev.name = "fwctl";
	aux->adev.id = n;
	aux->adev.dev.parent = &pdev->dev;
	aux->adev.dev.release = release_aux;
	err = auxiliary_device_init(&aux->adev);
	if (err)
		goto nothing;
	device->mdev = mdev;		/* the driver's probe sends commands */
	device->aux = aux;
	err = __auxiliary_device_add(&aux->adev, MLX5_ADEV_NAME);
	if (err) {
		auxiliary_device_uninit(&aux->adev);
		forget(device);
	}
	return err;

nothing:
	kfree(aux);
	kvfree(cap);
	kvfree(mdev);
	return err;
}

static int number_of_function(struct pci_dev *pdev)
{
	return pdev->is_virtfn ? PF + 1 + pci_iov_vf_id(pdev) : PF;
}

static int function_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int n = number_of_function(pdev), err;

	if (n >= DEVICES || devices[n].mdev)
		return -ENODEV;
	err = pci_enable_device(pdev);
	if (err)
		return err;
	err = appear(n, pdev);
	if (err)
		pci_disable_device(pdev);
	return err;
}

static void function_remove(struct pci_dev *pdev)
{
	struct firmware_state *device = &devices[number_of_function(pdev)];

	if (!pdev->is_virtfn)
		pci_disable_sriov(pdev);
	auxiliary_device_delete(&device->aux->adev);
	auxiliary_device_uninit(&device->aux->adev);
	forget(device);
	pci_disable_device(pdev);
}

static int function_sriov(struct pci_dev *pdev, int vfs)
{
	int err = 0;

	if (vfs)
		err = pci_enable_sriov(pdev, vfs);
	else
		pci_disable_sriov(pdev);
	return err ?: vfs;
}

static struct pci_driver function_driver = {
	.name = "mlx5_core",
	.probe = function_probe,
	.remove = function_remove,
	.sriov_configure = function_sriov,
};

static int __init standin_init(void)
{
	struct pci_dev *pdev = NULL;
	int n, err;

	for (n = 0; n < DEVICES; n++) {
		mutex_init(&devices[n].busy);
		xa_init(&devices[n].caps);
		xa_init(&devices[n].regs);
	}
	for (n = 0; n < ALONE; n++) {
		pdev = pci_get_device(0x1b36, 0x0005, pdev);
		if (!pdev)
			return -ENODEV;
		err = appear(n, pci_dev_get(pdev));
		if (err)
			return err;
	}
	pci_dev_put(pdev);
	return sriov ? pci_register_driver(&function_driver) : 0;
}

/* It is never unloaded: the machine is thrown away with it. */
module_init(standin_init);
MODULE_DESCRIPTION("Stands in for mlx5_core: a deterministic firmware under mlx5_fwctl");
MODULE_LICENSE("Dual MIT/GPL");
