import { publishedClient } from '../clients.ts';
import { type ClientCases, elsewhere } from '../method-case.ts';
import { API_KEYS } from './api-keys.ts';
import { CLAIM_RULES } from './claim-rules.ts';
import { PROFILES } from './profiles.ts';
import { SERVICE_IDS } from './service-ids.ts';

export const IAM_IDENTITY: ClientCases = {
  name: 'IamIdentityV1',
  published: publishedClient('iam-identity/v1'),
  refusals: 'identity',
  cases: { ...API_KEYS, ...SERVICE_IDS, ...PROFILES, ...CLAIM_RULES },
  elsewhere: {
    ...elsewhere(
      'groups of service IDs',
      'listServiceIdGroup createServiceIdGroup getServiceIdGroup updateServiceIdGroup deleteServiceIdGroup',
    ),
    ...elsewhere('compute resources', 'createLink listLinks deleteLinkByParameters getLink deleteLink'),
    ...elsewhere('reports', 'createReport getReport getMfaStatus createMfaReport getMfaReport'),
    ...elsewhere('account settings', 'getAccountSettings updateAccountSettings getEffectiveAccountSettings'),
    ...elsewhere(
      'preferences',
      `updatePreferenceOnScopeAccount deletePreferencesOnScopeAccount getPreferencesOnScopeAccount
      getAllPreferencesOnScopeAccount`,
    ),
    ...elsewhere('limits', 'getAccountLimits bulkListAccountEntityConsumption'),
    ...elsewhere(
      'templates of an enterprise',
      `listProfileTemplates createProfileTemplate getLatestProfileTemplateVersion deleteAllVersionsOfProfileTemplate
      listVersionsOfProfileTemplate createProfileTemplateVersion getProfileTemplateVersion updateProfileTemplateVersion
      deleteProfileTemplateVersion commitProfileTemplate listTrustedProfileAssignments createTrustedProfileAssignment
      getTrustedProfileAssignment deleteTrustedProfileAssignment updateTrustedProfileAssignment
      listAccountSettingsTemplates createAccountSettingsTemplate getLatestAccountSettingsTemplateVersion
      deleteAllVersionsOfAccountSettingsTemplate listVersionsOfAccountSettingsTemplate
      createAccountSettingsTemplateVersion getAccountSettingsTemplateVersion updateAccountSettingsTemplateVersion
      deleteAccountSettingsTemplateVersion commitAccountSettingsTemplate listAccountSettingsAssignments
      createAccountSettingsAssignment getAccountSettingsAssignment deleteAccountSettingsAssignment
      updateAccountSettingsAssignment`,
    ),
  },
};
