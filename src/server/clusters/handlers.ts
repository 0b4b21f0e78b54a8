import type { Handler } from '../handler.ts';
import { readPluginStateHandler } from './agents/plugin-state.ts';
import { pollStepHandler } from './agents/poll.ts';
import { reportProgressHandler, reportStepHandler } from './agents/report.ts';
import { getApiKeyOwnerHandler } from './api-key-owners/get.ts';
import { resetApiKeyOwnerHandler } from './api-key-owners/reset.ts';
import { createClusterHandler } from './clusters/create.ts';
import { deleteClusterHandler } from './clusters/delete.ts';
import { getClusterHandler } from './clusters/get.ts';
import { updateClusterKeyStateHandler } from './clusters/key-state.ts';
import { getAdminKubeconfigHandler } from './clusters/kubeconfig.ts';
import { listClustersHandler } from './clusters/list.ts';
import { refreshMasterHandler, refreshMasterV1Handler } from './clusters/refresh-master.ts';
import type { ClusterDeps } from './deps.ts';
import { enableKmsHandler, enableKmsV1Handler } from './enabling/enable.ts';
import { listKmsInstancesHandler } from './enabling/instances.ts';
import { listRootKeysHandler } from './enabling/root-keys.ts';
import { controlRunHandler } from './enabling/run-control.ts';

/** The server's half of every operation of the Kubernetes service. */
export function clusterHandlers(deps: ClusterDeps): Handler[] {
  return [
    createClusterHandler(deps),
    getClusterHandler(deps),
    listClustersHandler(deps),
    deleteClusterHandler(deps),
    getAdminKubeconfigHandler(deps),
    refreshMasterHandler(deps),
    refreshMasterV1Handler(deps),
    updateClusterKeyStateHandler(deps),
    getApiKeyOwnerHandler(deps),
    resetApiKeyOwnerHandler(deps),
    enableKmsHandler(deps),
    enableKmsV1Handler(deps),
    listKmsInstancesHandler(deps),
    listRootKeysHandler(deps),
    controlRunHandler(deps),
    readPluginStateHandler(deps),
    pollStepHandler(deps),
    reportProgressHandler(deps),
    reportStepHandler(deps),
  ];
}
