import type { Cluster, KeyManagementService } from '../clusters/cluster.ts';
import { PROOF_LEVELS, type Proof } from '../clusters/proof.ts';
import { type KeyVerdict, VERDICT_VIEWS } from './cluster-texts.ts';
import { type Column, instantText } from './column.ts';

const kms = (cluster: Cluster) => cluster.keyManagementService;
const enabledText = ({ enabled }: KeyManagementService) => (enabled ? 'enabled' : 'disabled');

/** `live, history, disk proven at …`, or which levels are not. */
export function proofText(proof: Proof | undefined): string {
  if (!proof) return '';
  const proven = PROOF_LEVELS.filter((level) => proof[level]?.proven === true);
  const missing = PROOF_LEVELS.filter((level) => proof[level] && proof[level]?.proven !== true);
  const parts = [
    ...(proven.length > 0 ? [`${proven.join(', ')} proven`] : []),
    ...(missing.length > 0 ? [`${missing.join(', ')} NOT proven`] : []),
  ];
  return `${parts.join('; ')} at ${instantText(proof.provenAt)}`;
}

/** Whether losing the server's store now would lose what the cluster needs. */
function backupText({ rootKeyID, versionsWithoutBackup = [] }: KeyManagementService): string {
  if (rootKeyID === undefined) return '';
  if (versionsWithoutBackup.length === 0) return 'every key version is in a backup';
  const [newest] = versionsWithoutBackup.slice(-1);
  const count = versionsWithoutBackup.length === 1 ? 'key version' : `${versionsWithoutBackup.length} key versions, newest`;
  return `IN NO BACKUP: ${count} ${newest}`;
}

function activityText({ run }: KeyManagementService): string {
  if (!run || run.state === 'done') return '';
  const problem = run.error === undefined ? '' : ` (${run.error})`;
  return `${run.kind} ${run.state}: ${run.stepText}${problem}`;
}

export const CLUSTER_LIST: readonly Column<Cluster>[] = [
  { title: 'Name', value: ({ name }) => name },
  { title: 'ID', value: ({ id }) => id },
  { title: 'State', value: ({ state }) => state },
  { title: 'Created', value: ({ createdDate }) => instantText(createdDate) },
  { title: 'Master Status', value: ({ masterStatus }) => masterStatus },
  { title: 'Version', value: ({ masterKubeVersion }) => masterKubeVersion },
  { title: 'Provider', value: ({ provider }) => provider },
  { title: 'Key Management Service', value: (cluster) => enabledText(kms(cluster)) },
];

export const CLUSTER_PAGE: readonly Column<Cluster>[] = [
  { title: 'Name', value: ({ name }) => name },
  { title: 'ID', value: ({ id }) => id },
  { title: 'State', value: ({ state }) => state },
  { title: 'Status', value: ({ status }) => status },
  { title: 'Created', value: ({ createdDate }) => instantText(createdDate) },
  { title: 'Location', value: ({ location }) => location },
  { title: 'Provider', value: ({ provider }) => provider },
  { title: 'Resource Group Name', value: ({ resourceGroupName }) => resourceGroupName },
  { title: 'Version', value: ({ masterKubeVersion }) => masterKubeVersion },
  { title: 'Master Status', value: ({ masterStatus }) => masterStatus },
  { title: 'Master State', value: ({ masterState }) => masterState },
  { title: 'Master Health', value: ({ masterHealth }) => masterHealth },
  { title: 'Master URL', value: ({ masterURL }) => masterURL },
  { title: 'Key Management Service', value: (cluster) => enabledText(kms(cluster)) },
  { title: 'KMS Instance ID', value: (cluster) => kms(cluster).instanceID ?? '' },
  { title: 'KMS Root Key ID', value: (cluster) => kms(cluster).rootKeyID ?? '' },
  {
    title: 'KMS Root Key State',
    value: (cluster) => {
      const { keyState } = kms(cluster);
      return keyState === undefined ? '' : VERDICT_VIEWS[keyState as KeyVerdict].label;
    },
  },
  {
    title: 'KMS Root Key Expires',
    value: (cluster) => {
      const { enabled, keyExpiresAt } = kms(cluster);
      return enabled ? instantText(keyExpiresAt) || 'never' : '';
    },
  },
  { title: 'KMS Key Version', value: (cluster) => kms(cluster).activation?.keyVersionId ?? '' },
  { title: 'KMS Backup', value: (cluster) => backupText(kms(cluster)) },
  { title: 'KMS Proof', value: (cluster) => proofText(kms(cluster).proof) },
  { title: 'KMS Activity', value: (cluster) => activityText(kms(cluster)) },
  { title: 'KMS Consequence', value: (cluster) => kms(cluster).consequence ?? '' },
  { title: 'KMS Remedy', value: (cluster) => kms(cluster).remedy ?? '' },
];
