package io.marquetry.bus;

/** What may travel on the bus: records only, sealed by the component that owns them. */
public sealed interface BusMessage
    permits AssemblyMessage,
        CatalogueMessage,
        ConsentMessage,
        DeadLetterMessage,
        DecisionLogMessage,
        DecisioningMessage,
        ExperimentationMessage,
        IdentityMessage,
        IngestMessage,
        ModelsMessage,
        SegmentationMessage,
        SystemMessage {}
