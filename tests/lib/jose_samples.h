/* Keys for tests of the token engine, made for them: members of JWKs, and whole ones. They guard
 * nothing. */
#ifndef TESTS_JOSE_SAMPLES_H
#define TESTS_JOSE_SAMPLES_H

#define P256_X "KNWa3E0a6NsJcO_5dRS9h1EvbYSktj8EJyxHK1W_gMc"
#define P256_Y "KzT71S2UEuUuokKqZUYBasYt9hBYlH1UQCkeEHpdPtQ"
#define P256_D "ByCWJokYUeQYGD5OW-yaiNTlR2qJsxmItZt410AJI80"
#define P384_X "5ipg2gJb8y7StWrycCRNqJViCp4S8e2go4QeS9MWgTiVlqTStK7xmkbGm9kaC-ZG"
#define P384_Y "Eo5j8c5MgKMzdpDoJtqGI0_Sh61YAteZj134RAFdE27V5IUu-nyVBGsshP2-p8Cn"
#define P384_D "5tCPY8fhTypY_bTDqeayL7M2m-ggMJ_U-uwq9TztldrlSBd6w0b860iiK1titJ0o"
#define P521_X                                                                         \
	"ANtohe3QqY-WmoZ7L8-OBNy67CSBYoZYobNHku7HcPJ5tPHJDsNUIBGaM7hxeKW5X4F3kTMWCDj_" \
	"3ohrkndasHBU"
#define P521_Y                                                                         \
	"AekuPapA5dZNM_qSyEPd3f3rAflcmNEFPeuxBZev8YeQdxcF_nouEtUKPlW1ZcqV0Qewq1it_Isv" \
	"tK6GBFkpqKq6"
#define P521_D                                                                         \
	"ASeUj12dGZp6Z1hCaWpdR5cjGO2nbznWLeSgvwg7CacurfhtmulldL1jUbdYl-fT2lmPwF403d-x" \
	"ms1KP8RYTvfg"
#define SECP256K1_X "IwviAVMSN0o0xKusdfXZNhsLFkYypQOMsqFZ11KKSs8"
#define SECP256K1_Y "3waTYVXgdC4nCVT6ud8ionxfGqM1EEeXI_zG7vSuerQ"
#define SECP256K1_D "sWj14ohJYjfVKc1jAJ4iVpbVnpLzY1wCXJopOEQkcVA"
#define ED25519_X "G7Xo5qCay5VJQiFjVkhXHCXuGDIR1qXAzJpkZytOG4Q"
#define ED25519_D "Lhmuw4ehNvPpm4ydBKdVe5HkPixjrb_x0bJmhSf-vVI"
#define ED448_X "wNx0pxsUBZWPj1nfhJ7-GDJvcRNO1UMFeqh-nzMbg-2INR_JPrR0-jFwGcBn365DR5S-U976rYQA"
#define ED448_D "dNFrQdd8iblWbCEe4RKwsYmgZXL2JQODbA7xFeClji7Gch02aQnslOc6m47cQtn2tBE1i556Id2J"
#define X25519_X "K4ZkfPUgIEaDKr6EQY6krlXUNO9-lJMcHMXzXeoDlTE"
#define X25519_D "GIcLcCOS3OcfhppomOTkbykkfbB1FoROPh2ZnzA3sn0"
#define X448_X "d2RfcjTracbmOQOw3tpwo2utHL570RYbLAALNAY2KGjpjKrGjaLqv6o2NGCztEH304VQ_pxS2zc"
#define X448_D "TGKLuuihmbXTNdWoEuHbWHRQRXRV1oee8fXqGQDnhU7GtpFo7Jj5A7tEX7DRuzU7PGk9gz_P7eE"
#define RSA_N                                                                          \
	"1olSQl8mS66JCrUvJoSPJ2PJ86xNccuUzCd_Tr9UCDnwJ_hxaZ7LH2fho7n3cG3eHaOKhNciJumZ" \
	"jkDOTvwRR-4y41Q37f83NKHaZuQcndUT4i5yjpka_MABezLCHAEFKr1ix4Pyvz39wuPNLqUGC1jl" \
	"fwacDpGskQyA1ykrw7OlXw1a2sE_6gqmctHtv_O-jovQ-8TiA_Nc6ZDRrTcWgtJZwcoQEkfou833" \
	"9AC5n3Ho0VLAFmyBSc1nkePfd_b6Uh8TTljXJLPb2nb8_E7lR8z4MPPQh6EWdaPbS0B9_DtJwsJD" \
	"MPL7p75Ur5OmRuwz2NusVVw3zjpF5eTfekOEWw"
#define RSA_D                                                                          \
	"HNEXNokXWMUZ7VFHAxJ9NBpITy3OvUFOPFn11LsIa450vrm1ai2FNTO78EUTgouPcUW9XniTQszP" \
	"7nav_5YGMDZDqZtvY82LOcufzYBIg77SS-hXROY15MtZp5W60w4kBoin0wrbOWr3Qg1dSy2pcS7A" \
	"rN5TafWRS251g_EoysGAoIIbsyFpr7FyI84mHMn50jkeoe9ab7euzPBwAHOe6qcfVNs4unv_7B0G" \
	"dzFTwefn7V8OIHo4cpZnh-Plcq_rQLedBGB_ArxpPGDSiJUWCCA_loHG8H2tpXkJsLAGPnI48aFK" \
	"TXGNP3gaXmN2zSglK1d0app9-O4umBfU21e14Q"
#define RSA_P                                                                          \
	"95TjQURe0wJeS57u8lYGW2oiV9MSyQAaoB8nT5ixcxa_q9GTpRc-l6E5ZUmO4xTCq5-bkuuw_d9a" \
	"7YkmmKL8SQedmAEgLK4a3S1Oedt_0vnGWCbHxhumSx_gI2676mvW8GUF8xefLthpDZ5IBtk3PWMq" \
	"lPJKMPrLR1Bpwe2SsxE"
#define RSA_Q                                                                          \
	"3dTJZkvRSZj56y2uLGNSxmPPb3kxOqFu3hlyhmMrAuMZsDyBSNGpe6zUiMWcw1dsrXBT0j6Gyqt6" \
	"AVbli0WKh2VZ9-KJjtRfH90rVeytfoJOLDedcZB1VmzOTIgLvzNvgT2QsX-5y8qcnjWBj_9gCWgI" \
	"3WXV9SlVl2z1bnoXaKs"
#define RSA_DP                                                                         \
	"20KIYGzkbYtTZzVB-GwnBR5he9X6dPganGP6tItN29bxuIDKeRK05CRsaD9Uw9bG8KdRaDRDcxIz" \
	"vNoRzGvLcgHEl7GnhOpL8EUHkvPJqFZ8SeVOVyx1gWKhZb_TvC_1EsDlG_x3hU0y_FSJBUepnDwO" \
	"ogpRmj8BeA7HGnAD04E"
#define RSA_DQ                                                                         \
	"KQtcEF9q4_E4HLmhBnmCMU76bKfB4hVIjDOtKwxiQvB-KkunqC-S6l06HexiawpcA2NLPxVun0VH" \
	"F8RaSICfdxnboa_6v8CvsRedExLtrwCxMiFAMmkGLO2I5kQt2DzOHt2jThRR7lEY1XUU-e3IeTUU" \
	"ntJe2jPBsHjqmHxipG0"
#define RSA_QI                                                                         \
	"yBnTw1_OupxNY6mJ5F-NURHBbjLchH_5nAkzGa_BBr-vtt4qkNf41aug73IyG1l34FPgdMftt8se" \
	"mBmRilryfYMm2YQN720yEaBtORqlOtULfdgyyD9QVPHVrLhuXccVtPasjHiO4vx0XIOnc2P_Ma7V" \
	"4YpvTlMHdctrTB02i2M"
#define RSA1024_N                                                                      \
	"0qqoOSde-6m2k0FNuWJZQ7fRcF6o3ubfT7j2hB7vwD-PgeGcT4-_iTRDgktNW4uXqfnaYwXk9h0D" \
	"ZUBdFm1A41iwfMFMVHJyXBTy1td190xFL9mZQ05YajYLqKwchioVagIcoCUbP-mzi_MEtNgCGtzW" \
	"dQi8xA1hu1rIvxtC-4M"

/* Not a product of primes: only as those of the flawed generator are modulo small primes. */
#define ROCA_N                                                                         \
	"2HReFeIGbs3_MnY2TZqZhOWq1fGvy29SAd2iKCimtiaF0nokIilb0640PjvXqLr9f2jE8EwAeGbp" \
	"8d0lBdJriGotfv3JHomlqJDSD4jizCvOcbWFLZda-bhnjl3b5nhy4Clure7h0X9wLCS8lhMk4Rmp" \
	"5LdD2iY59ZfXAocodoft1yS2b35XSeeOI1TQzwcCC54mPp3X1vYaRlmsb6XX7N-yqU-qxoI7HLj0" \
	"hur6FyoBzL8gfiLgqaKKU_FXxq6knamNMAFCsr9vHwoP-XQ7SvukqwWHKijAllQzcitWhJFHFS7-" \
	"-HDZl1yGRjSS_GcwRLVsQZSC00Fxn6GxOEOggw"

/* Members without the braces, so that a test can add some. */
#define EC_PUBLIC(curve, x, y) \
	"\"kty\":\"EC\",\"crv\":\"" curve "\",\"x\":\"" x "\",\"y\":\"" y "\""
#define OKP_PUBLIC(curve, x) "\"kty\":\"OKP\",\"crv\":\"" curve "\",\"x\":\"" x "\""
#define RSA_PUBLIC(n, e) "\"kty\":\"RSA\",\"n\":\"" n "\",\"e\":\"" e "\""
#define WITH(name, value) ",\"" name "\":\"" value "\""

#define P256_PUBLIC EC_PUBLIC("P-256", P256_X, P256_Y)
#define P384_PUBLIC EC_PUBLIC("P-384", P384_X, P384_Y)
#define P521_PUBLIC EC_PUBLIC("P-521", P521_X, P521_Y)
#define SECP256K1_PUBLIC EC_PUBLIC("secp256k1", SECP256K1_X, SECP256K1_Y)
#define ED25519_PUBLIC OKP_PUBLIC("Ed25519", ED25519_X)
#define ED448_PUBLIC OKP_PUBLIC("Ed448", ED448_X)
#define X25519_PUBLIC OKP_PUBLIC("X25519", X25519_X)
#define X448_PUBLIC OKP_PUBLIC("X448", X448_X)
#define RSA2048_PUBLIC RSA_PUBLIC(RSA_N, "AQAB")
#define RSA1024_PUBLIC RSA_PUBLIC(RSA1024_N, "AQAB")
#define P256_PRIVATE P256_PUBLIC WITH("d", P256_D)
#define P384_PRIVATE P384_PUBLIC WITH("d", P384_D)
#define P521_PRIVATE P521_PUBLIC WITH("d", P521_D)
#define SECP256K1_PRIVATE SECP256K1_PUBLIC WITH("d", SECP256K1_D)
#define ED25519_PRIVATE ED25519_PUBLIC WITH("d", ED25519_D)
#define ED448_PRIVATE ED448_PUBLIC WITH("d", ED448_D)
#define X25519_PRIVATE X25519_PUBLIC WITH("d", X25519_D)
#define X448_PRIVATE X448_PUBLIC WITH("d", X448_D)
#define RSA2048_PRIVATE                                                                      \
	RSA2048_PUBLIC WITH("d", RSA_D) WITH("p", RSA_P) WITH("q", RSA_Q) WITH("dp", RSA_DP) \
		WITH("dq", RSA_DQ) WITH("qi", RSA_QI)
/* 32 and 64 bytes. */
#define SECRET32 "c2VjcmV0LXRoYXQtaGFzLXRoaXJ0eS10d28tYnl0ZXM"
#define SECRET64 \
	"c2VjcmV0LXRoYXQtaGFzLXRoaXJ0eS10d28tYnl0ZXNzZWNyZXQtdGhhdC1oYXMtdGhpcnR5LXR3by1ieXRlcw"
#define OCT(k) "\"kty\":\"oct\",\"k\":\"" k "\""

#endif
