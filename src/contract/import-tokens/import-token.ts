import Type from 'typebox';

/** An import token as it was created. */
export const ImportToken = Type.Object({
  creationDate: Type.String(),
  expirationDate: Type.String(),
  maxAllowedRetrievals: Type.Integer(),
  remainingRetrievals: Type.Integer(),
});

/** With it a client encrypts key material: `payload` is base64 of the PEM text of an RSA public key, `nonce` base64 of 12 bytes. */
export const RetrievedImportToken = Type.Object({
  ...ImportToken.properties,
  payload: Type.String(),
  nonce: Type.String(),
});
