import { ACCESS_GROUP_OPERATIONS } from './access-groups/operations.ts';
import { createAccount } from './accounts/create.ts';
import { getAccount } from './accounts/get.ts';
import { listAccounts } from './accounts/list.ts';
import { updateAccount } from './accounts/update.ts';
import { readPluginState } from './agents/plugin-state.ts';
import { pollStep } from './agents/poll.ts';
import { reportProgress, reportStep } from './agents/report.ts';
import { getApiKeyOwner } from './api-key-owners/get.ts';
import { resetApiKeyOwner } from './api-key-owners/reset.ts';
import { createApiKey } from './api-keys/create.ts';
import { deleteApiKey } from './api-keys/delete.ts';
import { getApiKeyDetails } from './api-keys/details.ts';
import { disableApiKey } from './api-keys/disable.ts';
import { enableApiKey } from './api-keys/enable.ts';
import { getApiKey } from './api-keys/get.ts';
import { listApiKeys } from './api-keys/list.ts';
import { lockApiKey } from './api-keys/lock.ts';
import { rotateApiKey } from './api-keys/rotate.ts';
import { unlockApiKey } from './api-keys/unlock.ts';
import { updateApiKey } from './api-keys/update.ts';
import { createBackup } from './backups/create.ts';
import { listBackups } from './backups/list.ts';
import { recordBackup } from './backups/record.ts';
import { getCatalogEntry, listCatalogChildren } from './catalog/get.ts';
import { listCatalog } from './catalog/list.ts';
import { acceptClock } from './clock/accept.ts';
import { readClock } from './clock/read.ts';
import { createClassicCluster } from './clusters/create.ts';
import { deleteCluster } from './clusters/delete.ts';
import { getCluster } from './clusters/get.ts';
import { updateClusterKeyState } from './clusters/key-state.ts';
import { getAdminKubeconfig } from './clusters/kubeconfig.ts';
import { listClusters } from './clusters/list.ts';
import { refreshMaster, refreshMasterV1 } from './clusters/refresh-master.ts';
import { authorize } from './decisions/authorize.ts';
import { explainDecision } from './decisions/explain.ts';
import { authorizedRoles } from './decisions/roles.ts';
import { authorizeDeletion } from './deletion/authorize.ts';
import { purgeKey } from './deletion/purge.ts';
import { restoreKey } from './deletion/restore.ts';
import { withdrawDeletion } from './deletion/withdraw.ts';
import { enableKms, enableKmsV1 } from './enabling/enable.ts';
import { listKmsInstances } from './enabling/instances.ts';
import { listRootKeys } from './enabling/root-keys.ts';
import { controlRun } from './enabling/run-control.ts';
import { acknowledgeEvent } from './events/acknowledge.ts';
import { syncResources } from './events/sync.ts';
import { createGroup } from './groups/create.ts';
import { deleteGroup } from './groups/delete.ts';
import { getGroup } from './groups/get.ts';
import { listGroups } from './groups/list.ts';
import { listQuotas } from './groups/quotas.ts';
import { updateGroup } from './groups/update.ts';
import { createImportToken } from './import-tokens/create.ts';
import { getImportToken } from './import-tokens/get.ts';
import { getAllowedIpPort } from './instance-policies/allowed-ip-port.ts';
import { getInstancePolicies } from './instance-policies/get.ts';
import { putInstancePolicies } from './instance-policies/put.ts';
import { ATTACHED } from './instances/attached.ts';
import { cancelLastOperation } from './instances/cancel.ts';
import { createInstance, createInstanceV1 } from './instances/create.ts';
import { deleteInstance } from './instances/delete.ts';
import { getInstance } from './instances/get.ts';
import { listInstances } from './instances/list.ts';
import { lockInstance, unlockInstance } from './instances/lock.ts';
import { updateInstance } from './instances/update.ts';
import { acceptInvitation } from './invitations/accept.ts';
import { deleteInvitation } from './invitations/delete.ts';
import { listInvitations } from './invitations/list.ts';
import { renewInvitation } from './invitations/renew.ts';
import { createKeyAlias } from './key-aliases/create.ts';
import { deleteKeyAlias } from './key-aliases/delete.ts';
import { countKeys } from './key-list/count.ts';
import { listKeys } from './key-list/list.ts';
import { getKeyPolicies } from './key-policies/get.ts';
import { putKeyPolicies } from './key-policies/put.ts';
import { createKeyRing } from './key-rings/create.ts';
import { deleteKeyRing } from './key-rings/delete.ts';
import { listKeyRings } from './key-rings/list.ts';
import { actOnKey } from './keys/act.ts';
import { createKey } from './keys/creation/create.ts';
import { createKeyWithPolicies } from './keys/creation/create-with-policies.ts';
import { deleteKey } from './keys/delete.ts';
import { disableKey } from './keys/disable.ts';
import { enableKey } from './keys/enable.ts';
import { getKey } from './keys/get.ts';
import { readKeyMetadata } from './keys/metadata.ts';
import { patchKey } from './keys/patch.ts';
import { rotateKey } from './keys/rotate.ts';
import { rewrapDek } from './keys/use/rewrap.ts';
import { unwrapDek } from './keys/use/unwrap.ts';
import { wrapDek } from './keys/use/wrap.ts';
import { listKeyVersions } from './keys/versions.ts';
import { KMIP_OPERATIONS } from './kmip/operations.ts';
import { beginLogin } from './login/begin.ts';
import { finishLogin } from './login/finish.ts';
import { logInWithPassword } from './login/password.ts';
import { listLoginProviders } from './login/providers.ts';
import type { Operation } from './operation.ts';
import { createPasscode } from './passcodes/create.ts';
import { createPolicy } from './policies/create.ts';
import { createPolicyV2 } from './policies/create-v2.ts';
import { deletePolicy } from './policies/delete.ts';
import { getPolicy } from './policies/get.ts';
import { getPolicyV2 } from './policies/get-v2.ts';
import { listPolicies } from './policies/list.ts';
import { listPoliciesV2 } from './policies/list-v2.ts';
import { replacePolicy } from './policies/replace.ts';
import { replacePolicyV2 } from './policies/replace-v2.ts';
import { restorePolicy } from './policies/restore.ts';
import { reclaimInstance, restoreInstance } from './reclamations/act.ts';
import { listReclamations } from './reclamations/list.ts';
import { createRegistration } from './registrations/create.ts';
import { listRegistrations } from './registrations/list.ts';
import { listAllRegistrations } from './registrations/list-all.ts';
import { removeRegistration } from './registrations/remove.ts';
import { replaceRegistration } from './registrations/replace.ts';
import { updateRegistration } from './registrations/update.ts';
import { listRoles } from './roles/list.ts';
import { findResources } from './search/find.ts';
import { listTags } from './search/tags.ts';
import { createServiceId } from './service-ids/create.ts';
import { deleteServiceId } from './service-ids/delete.ts';
import { getServiceId } from './service-ids/get.ts';
import { listServiceIds } from './service-ids/list.ts';
import { lockServiceId } from './service-ids/lock.ts';
import { unlockServiceId } from './service-ids/unlock.ts';
import { updateServiceId } from './service-ids/update.ts';
import { endSession } from './sessions/end.ts';
import { rotateSigningKey } from './signing-keys/rotate.ts';
import { createToken } from './tokens/create.ts';
import { describeIssuer } from './tokens/discovery.ts';
import { introspectToken } from './tokens/introspect.ts';
import { listSigningKeys } from './tokens/keys.ts';
import { TRUSTED_PROFILE_OPERATIONS } from './trusted-profiles/operations.ts';
import { acceptAsUser } from './users/accept.ts';
import { getUser } from './users/get.ts';
import { inviteUsers } from './users/invite.ts';
import { listUsers } from './users/list.ts';
import { removeUser } from './users/remove.ts';
import { setOwnPassword } from './users/set-password.ts';
import { updateUser } from './users/update.ts';

/**
 * Every operation there is. Routes, CLI commands, audit actions, metric labels and the authorization matrix follow from this list;
 * the server refuses to start where an operation has no server half.
 */
export const OPERATIONS: readonly Operation[] = [
  createToken,
  introspectToken,
  listSigningKeys,
  describeIssuer,
  createPasscode,
  endSession,
  rotateSigningKey,
  listLoginProviders,
  beginLogin,
  finishLogin,
  logInWithPassword,
  createApiKey,
  deleteApiKey,
  getApiKeyDetails,
  getApiKey,
  listApiKeys,
  updateApiKey,
  lockApiKey,
  unlockApiKey,
  disableApiKey,
  enableApiKey,
  rotateApiKey,
  createGroup,
  deleteGroup,
  ...ACCESS_GROUP_OPERATIONS,
  ...TRUSTED_PROFILE_OPERATIONS,
  getGroup,
  listGroups,
  updateGroup,
  listQuotas,
  createInstance,
  createInstanceV1,
  deleteInstance,
  getInstance,
  listInstances,
  updateInstance,
  lockInstance,
  unlockInstance,
  cancelLastOperation,
  ...ATTACHED.flatMap(({ list, listOf, create }) => [list, listOf, create]),
  listReclamations,
  restoreInstance,
  reclaimInstance,
  listCatalog,
  getCatalogEntry,
  listCatalogChildren,
  findResources,
  listTags,
  createPolicy,
  createPolicyV2,
  deletePolicy,
  getPolicy,
  getPolicyV2,
  listPolicies,
  listPoliciesV2,
  replacePolicy,
  replacePolicyV2,
  restorePolicy,
  listRoles,
  listAccounts,
  getAccount,
  updateAccount,
  createAccount,
  listUsers,
  inviteUsers,
  getUser,
  updateUser,
  removeUser,
  acceptAsUser,
  setOwnPassword,
  acceptInvitation,
  listInvitations,
  deleteInvitation,
  renewInvitation,
  createServiceId,
  deleteServiceId,
  getServiceId,
  listServiceIds,
  updateServiceId,
  lockServiceId,
  unlockServiceId,
  createKey,
  createKeyWithPolicies,
  listKeys,
  countKeys,
  getKey,
  readKeyMetadata,
  listKeyVersions,
  wrapDek,
  unwrapDek,
  rewrapDek,
  rotateKey,
  disableKey,
  enableKey,
  deleteKey,
  authorizeDeletion,
  withdrawDeletion,
  putKeyPolicies,
  getKeyPolicies,
  putInstancePolicies,
  getInstancePolicies,
  getAllowedIpPort,
  patchKey,
  createKeyAlias,
  deleteKeyAlias,
  listKeyRings,
  createKeyRing,
  deleteKeyRing,
  actOnKey,
  restoreKey,
  purgeKey,
  createImportToken,
  getImportToken,
  listRegistrations,
  listAllRegistrations,
  createRegistration,
  replaceRegistration,
  updateRegistration,
  removeRegistration,
  acknowledgeEvent,
  syncResources,
  ...KMIP_OPERATIONS,
  createClassicCluster,
  getCluster,
  listClusters,
  deleteCluster,
  getAdminKubeconfig,
  refreshMaster,
  refreshMasterV1,
  updateClusterKeyState,
  getApiKeyOwner,
  resetApiKeyOwner,
  enableKms,
  enableKmsV1,
  listKmsInstances,
  listRootKeys,
  controlRun,
  readPluginState,
  pollStep,
  reportProgress,
  reportStep,
  authorize,
  authorizedRoles,
  explainDecision,
  readClock,
  acceptClock,
  createBackup,
  listBackups,
  recordBackup,
];
