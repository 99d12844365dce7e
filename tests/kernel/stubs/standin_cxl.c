// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * CXL memory devices whose mailbox knows features and nothing else, under the
 * upstream CXL core and its fwctl. The kernel's own test devices have one feature;
 * these have one for every rule of what may be set at which scope.
 * tests/oracle/lab_cxl.ts is the same mailbox in TypeScript.
 *
 * Ten devices cxl_mem.N and the restricted cxl_rcd.10, as the kernel's test
 * devices are called, each with 18 features:
 *   0	the kernel's test feature ffffffff-…, 4 bytes of each device's own: it does
 *	not look at `selection`, a Set must come whole and stores 4 bytes (zero for
 *	those not sent), and a Get puts what is at `offset` at `offset` of its answer
 *   1..17	see the table; 8 bytes each, 17 has 12000. The UUID of feature i is
 *	the byte i sixteen times, but 14 is patrol scrub, which the kernel keeps to
 *	itself. Every byte is 0x40 + i at first and by default. All devices share
 *	the bytes.
 */
#include <linux/bitfield.h>
#include <linux/device.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/sizes.h>
#include <cxl/features.h>
#include <cxl/mailbox.h>
#include <cxlmem.h>

enum { FEATURES = 18, LARGEST = 12000, DEVICES = 11, RESTRICTED = 10 };

#define CHANGEABLE	CXL_FEATURE_F_CHANGEABLE
#define COLD		CXL_CMD_CONFIG_CHANGE_COLD_RESET

static const struct feature {
	u32 flags;
	u16 effects;
} features[FEATURES] = {
	{ CHANGEABLE | CXL_FEATURE_F_DEFAULT_SEL | CXL_FEATURE_F_SAVED_SEL,
	  COLD | CXL_CMD_EFFECTS_VALID },
	{ CHANGEABLE, COLD },
	{ CHANGEABLE, CXL_CMD_CONFIG_CHANGE_IMMEDIATE },
	{ CHANGEABLE, CXL_CMD_DATA_CHANGE_IMMEDIATE },
	{ CHANGEABLE, CXL_CMD_POLICY_CHANGE_IMMEDIATE },
	{ CHANGEABLE, CXL_CMD_LOG_CHANGE_IMMEDIATE },
	{ CHANGEABLE, CXL_CMD_SECURITY_STATE_CHANGE },
	{ CHANGEABLE, CXL_CMD_CONFIG_CHANGE_IMMEDIATE | CXL_CMD_BACKGROUND },
	{ CHANGEABLE, COLD | BIT(12) },			/* a bit nobody defined */
	{ CHANGEABLE, CXL_CMD_CONFIG_CHANGE_CONV_RESET },
	{ CHANGEABLE, CXL_CMD_CONFIG_CHANGE_CXL_RESET },
	{ CHANGEABLE, COLD | CXL_CMD_CONFIG_CHANGE_IMMEDIATE },
	{ CHANGEABLE, 0 },
	{ CXL_FEATURE_F_SAVED_SEL, COLD },		/* cannot be changed */
	{ 0xffffffff, COLD },				/* patrol scrub */
	{ CHANGEABLE, CXL_CMD_EFFECTS_VALID },
	{ CHANGEABLE, COLD | CXL_CMD_BGCMD_ABORT_SUPPORTED },
	{ CHANGEABLE, COLD },				/* the large one */
};

static u8 shared[FEATURES][LARGEST];

struct device_state {
	struct cxl_memdev_state *mds;
	u8 own[4];
};

static uuid_t uuid_of(int i)
{
	uuid_t uuid = CXL_FEAT_PATROL_SCRUB_UUID;

	if (i != 14)
		memset(&uuid, i ?: 0xff, sizeof(uuid));
	return uuid;
}

static int size_of(int i)
{
	return i == 0 ? 4 : i == FEATURES - 1 ? LARGEST : 8;
}

static int find(const uuid_t *uuid)
{
	int i;

	for (i = 0; i < FEATURES; i++) {
		uuid_t known = uuid_of(i);

		if (uuid_equal(uuid, &known))
			return i;
	}
	return -ENOENT;
}

static int refuse(struct cxl_mbox_cmd *cmd, u16 code, int err)
{
	cmd->return_code = code;
	return err;
}

static int get_supported(struct cxl_mbox_cmd *cmd)
{
	const struct cxl_mbox_get_sup_feats_in *in = cmd->payload_in;
	struct cxl_mbox_get_sup_feats_out *out = cmd->payload_out;
	int first = le16_to_cpu(in->start_idx), n, i;

	n = min_t(int, (le32_to_cpu(in->count) - sizeof(*out)) / sizeof(out->ents[0]),
		  FEATURES - first);
	out->supported_feats = cpu_to_le16(FEATURES);
	out->num_entries = cpu_to_le16(n);
	for (i = 0; i < n; i++) {
		int f = first + i;

		out->ents[i] = (struct cxl_feat_entry) {
			.uuid = uuid_of(f),
			.id = cpu_to_le16(f),
			.get_feat_size = cpu_to_le16(size_of(f)),
			.set_feat_size = cpu_to_le16(size_of(f)),
			.flags = cpu_to_le32(features[f].flags),
			.get_feat_ver = 1,
			.set_feat_ver = 1,
			.effects = cpu_to_le16(features[f].effects),
		};
	}
	cmd->size_out = struct_size(out, ents, n);
	return 0;
}

static int get_feature(struct device_state *state, struct cxl_mbox_cmd *cmd)
{
	const struct cxl_mbox_get_feat_in *in = cmd->payload_in;
	u32 offset = le16_to_cpu(in->offset), count = le16_to_cpu(in->count);
	int f = find(&in->uuid);

	if (f < 0)
		return refuse(cmd, CXL_MBOX_CMD_RC_UNSUPPORTED, -EOPNOTSUPP);
	if (offset + count > size_of(f) || (f && in->selection > 2))
		return refuse(cmd, CXL_MBOX_CMD_RC_INPUT, -EINVAL);
	if (!f) {
		memcpy(cmd->payload_out + offset, state->own + offset, count);
		return 0;
	}
	if (in->selection == CXL_GET_FEAT_SEL_DEFAULT_VALUE)
		memset(cmd->payload_out, 0x40 + f, count);
	else
		memcpy(cmd->payload_out, shared[f] + offset, count);
	cmd->size_out = count;
	return 0;
}

static int set_feature(struct device_state *state, struct cxl_mbox_cmd *cmd)
{
	const struct cxl_mbox_set_feat_in *in = cmd->payload_in;
	u32 offset = le16_to_cpu(in->hdr.offset), count = cmd->size_in - sizeof(in->hdr);
	int f = find(&in->hdr.uuid);
	u32 transfer;

	if (f < 0)
		return refuse(cmd, CXL_MBOX_CMD_RC_UNSUPPORTED, -EOPNOTSUPP);
	if (!f) {
		transfer = FIELD_GET(CXL_SET_FEAT_FLAG_DATA_TRANSFER_MASK,
				     le32_to_cpu(in->hdr.flags));
		if (transfer != CXL_SET_FEAT_FLAG_FULL_DATA_TRANSFER || offset)
			return refuse(cmd, CXL_MBOX_CMD_RC_INPUT, -EINVAL);
		memset(state->own, 0, sizeof(state->own));
		memcpy(state->own, in->feat_data, min_t(u32, count, sizeof(state->own)));
		return 0;
	}
	if (offset + count > size_of(f))
		return refuse(cmd, CXL_MBOX_CMD_RC_INPUT, -EINVAL);
	memcpy(shared[f] + offset, in->feat_data, count);
	return 0;
}

static int send(struct cxl_mailbox *mailbox, struct cxl_mbox_cmd *cmd)
{
	struct device_state *state = dev_get_drvdata(mailbox->host);

	switch (cmd->opcode) {
	case CXL_MBOX_OP_GET_SUPPORTED_FEATURES:
		return get_supported(cmd);
	case CXL_MBOX_OP_GET_FEATURE:
		return get_feature(state, cmd);
	case CXL_MBOX_OP_SET_FEATURE:
		return set_feature(state, cmd);
	default:
		return refuse(cmd, CXL_MBOX_CMD_RC_UNSUPPORTED, -EIO);
	}
}

static int standin_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct device_state *state = devm_kzalloc(dev, sizeof(*state), GFP_KERNEL);
	struct cxl_mailbox *mailbox;
	struct cxl_memdev *cxlmd;
	int err;

	if (!state)
		return -ENOMEM;
	memcpy(state->own, "\xef\xbe\xad\xde", sizeof(state->own));
	dev_set_drvdata(dev, state);
	state->mds = cxl_memdev_state_create(dev, pdev->id + 1, 0);
	if (IS_ERR(state->mds))
		return PTR_ERR(state->mds);
	mailbox = &state->mds->cxlds.cxl_mbox;
	err = cxl_mailbox_init(mailbox, dev);
	if (err)
		return err;
	mailbox->mbox_send = send;
	mailbox->payload_size = SZ_4K;
	mailbox->feat_cap = CXL_FEATURES_RW;
	state->mds->cxlds.rcd = pdev->id == RESTRICTED;
	err = devm_cxl_setup_features(&state->mds->cxlds);
	if (err)
		return err;
	cxlmd = devm_cxl_add_classdev(&state->mds->cxlds);
	if (IS_ERR(cxlmd))
		return PTR_ERR(cxlmd);
	return devm_cxl_setup_fwctl(dev, cxlmd);
}

static const struct platform_device_id standin_ids[] = {
	{ .name = "cxl_mem" },
	{ .name = "cxl_rcd" },
	{ }
};

static struct platform_driver standin_driver = {
	.probe = standin_probe,
	.id_table = standin_ids,
	.driver = { .name = "standin_cxl" },
};

static int __init standin_init(void)
{
	int err, i;

	for (i = 0; i < FEATURES; i++)
		memset(shared[i], 0x40 + i, LARGEST);
	err = platform_driver_register(&standin_driver);
	for (i = 0; !err && i < DEVICES; i++) {
		const char *name = i == RESTRICTED ? "cxl_rcd" : "cxl_mem";

		err = PTR_ERR_OR_ZERO(platform_device_register_simple(name, i, NULL, 0));
	}
	return err;
}

/* It is never unloaded: the machine is thrown away with it. */
module_init(standin_init);
MODULE_IMPORT_NS("CXL");
MODULE_DESCRIPTION("CXL memory devices with a feature for every rule of fwctl");
MODULE_LICENSE("Dual MIT/GPL");
