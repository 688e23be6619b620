"""What crosses between the exchange service and the agency service: packs, and how anything is signed."""
